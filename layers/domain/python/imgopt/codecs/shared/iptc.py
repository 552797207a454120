"""IPTC datasets of JPEG files, in Photoshop's resources (IPTC-NAA Information Interchange Model 4.2).

`IPTC_PROPERTIES` maps each dataset to its XMP property: IPTC Photo Metadata Standard 2023.2, "IIM".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from imgopt.codecs.shared.keep_metadata import KeepMetadata

TAG, RECORD_OF_ENVELOPE, APPLICATION_RECORD = 0x1C, 1, 2
CHARACTER_SET, UTF_8 = (RECORD_OF_ENVELOPE, 90), b"\x1b%G"
# Dates and times (with zones) of creation and digitization.
DATE, TIME = 55, 60
TIMES = (DATE, TIME, 62, 63)
WRITTEN_DATE = re.compile(r"(\d{4})(\d\d)(\d\d)")
WRITTEN_TIME = re.compile(r"(\d\d)(\d\d)(\d\d)([+-]\d\d)(\d\d)")
# For longer datasets, the length field has the length of the length.
LONGEST_DATASET = 0x7FFF
MOST_DATASETS = 1024
PHOTOSHOP, RESOURCE, IPTC_RESOURCE = b"Photoshop 3.0\0", b"8BIM", 0x0404


class Shape(StrEnum):
    """How XMP writes a property (ISO 16684-1, 8.2): as text, or as an array of texts."""

    TEXT = ""
    SEQUENCE = "Seq"
    BAG = "Bag"
    LANGUAGES = "Alt"


@dataclass(frozen=True)
class Property:
    """The property's name in XMP, with the usual prefix, and the part of metadata that it belongs to."""

    name: str
    shape: Shape = Shape.TEXT
    part: KeepMetadata = KeepMetadata.OTHERS


IPTC_PROPERTIES = {
    5: Property("dc:title", Shape.LANGUAGES),
    25: Property("dc:subject", Shape.BAG),
    40: Property("photoshop:Instructions"),
    55: Property("photoshop:DateCreated", part=KeepMetadata.CREATION),
    80: Property("dc:creator", Shape.SEQUENCE, KeepMetadata.COPYRIGHT),
    85: Property("photoshop:AuthorsPosition"),
    90: Property("photoshop:City", part=KeepMetadata.LOCATION),
    92: Property("Iptc4xmpCore:Location", part=KeepMetadata.LOCATION),
    95: Property("photoshop:State", part=KeepMetadata.LOCATION),
    100: Property("Iptc4xmpCore:CountryCode", part=KeepMetadata.LOCATION),
    101: Property("photoshop:Country", part=KeepMetadata.LOCATION),
    103: Property("photoshop:TransmissionReference"),
    105: Property("photoshop:Headline"),
    110: Property("photoshop:Credit", part=KeepMetadata.COPYRIGHT),
    115: Property("photoshop:Source", part=KeepMetadata.COPYRIGHT),
    116: Property("dc:rights", Shape.LANGUAGES, KeepMetadata.COPYRIGHT),
    120: Property("dc:description", Shape.LANGUAGES),
    122: Property("photoshop:CaptionWriter"),
}


@dataclass(frozen=True)
class Dataset:
    record: int
    number: int
    data: bytes

    @property
    def part(self) -> KeepMetadata:
        if self.record == APPLICATION_RECORD and self.number in TIMES:
            return KeepMetadata.CREATION
        return self.property.part if self.property else KeepMetadata.OTHERS

    @property
    def property(self) -> Property | None:
        return IPTC_PROPERTIES.get(self.number) if self.record == APPLICATION_RECORD else None

    def to_bytes(self) -> bytes:
        return bytes((TAG, self.record, self.number)) + len(self.data).to_bytes(2) + self.data


def reduce_datasets(block: bytes, keep: KeepMetadata) -> bytes:
    """Returns the datasets of these parts, and the one that names the character set."""
    found = list(read_datasets(block))
    characters = [each for each in found if (each.record, each.number) == CHARACTER_SET]
    kept = [each for each in found if each.part in keep]
    return b"".join(each.to_bytes() for each in (*characters, *kept)) if kept else b""


def read_texts(block: bytes) -> dict[Property, list[str]]:
    """Returns the texts of a block, by XMP property."""
    datasets = list(read_datasets(block))
    is_utf_8 = any((each.record, each.number) == CHARACTER_SET and each.data == UTF_8 for each in datasets)
    texts: dict[Property, list[str]] = {}
    for each in datasets:
        if each.property:
            text = each.data.decode("utf-8" if is_utf_8 else "latin-1", "replace").strip("\0 ")
            texts.setdefault(each.property, []).append(text)
    return _with_date(texts, next((each.data.decode("latin-1") for each in datasets if _is_time(each)), ""))


def _is_time(dataset: Dataset) -> bool:
    return (dataset.record, dataset.number) == (APPLICATION_RECORD, TIME)


def _with_date(texts: dict[Property, list[str]], time: str) -> dict[Property, list[str]]:
    """Returns the date as XMP writes it (ISO 8601), with the time if there is one; without an invalid date."""
    known = IPTC_PROPERTIES[DATE]
    date, of_day = WRITTEN_DATE.fullmatch(texts.pop(known, [""])[0]), WRITTEN_TIME.fullmatch(time)
    if not date:
        return texts
    clock = "T{}:{}:{}{}:{}".format(*of_day.groups()) if of_day else ""
    return texts | {known: ["-".join(date.groups()) + clock]}


def read_datasets(block: bytes) -> Iterator[Dataset]:
    """Yields datasets up to the first that is damaged or too long."""
    position = 0
    for _ in range(MOST_DATASETS):
        head = block[position : position + 5]
        length = int.from_bytes(head[3:])
        if len(head) < 5 or head[0] != TAG or length > LONGEST_DATASET or position + 5 + length > len(block):
            return
        position += 5 + length
        yield Dataset(head[1], head[2], block[position - length : position])


def to_photoshop(block: bytes) -> bytes:
    """Returns the content of a JPEG's APP13 segment (Adobe Photoshop File Formats, "Image Resource Blocks")."""
    resource = RESOURCE + IPTC_RESOURCE.to_bytes(2) + b"\0\0" + len(block).to_bytes(4) + block
    return PHOTOSHOP + resource + bytes(len(block) % 2)
