"""IPTC datasets as JPEG files hold them, in a resource of Photoshop's (IPTC-NAA Information Interchange Model 4.2).

`IPTC_PROPERTIES` says which XMP property each dataset has become: IPTC Photo Metadata Standard 2023.2, "IIM".
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

TAG, RECORD_OF_ENVELOPE, APPLICATION_RECORD = 0x1C, 1, 2
CHARACTER_SET, UTF_8 = (RECORD_OF_ENVELOPE, 90), b"\x1b%G"
# A dataset of more bytes states the length of its length.
LONGEST_DATASET = 0x7FFF
MOST_DATASETS = 1024
PHOTOSHOP, RESOURCE, IPTC_RESOURCE = b"Photoshop 3.0\0", b"8BIM", 0x0404


class Shape(StrEnum):
    """How XMP writes a property (ISO 16684-1, 8.2): as a text, or as an array of texts."""

    TEXT = ""
    SEQUENCE = "Seq"
    BAG = "Bag"
    LANGUAGES = "Alt"


@dataclass(frozen=True)
class Property:
    """Its name in XMP, with the usual prefix, and whether it tells of rights."""

    name: str
    shape: Shape = Shape.TEXT
    is_right: bool = False


IPTC_PROPERTIES = {
    5: Property("dc:title", Shape.LANGUAGES),
    25: Property("dc:subject", Shape.BAG),
    40: Property("photoshop:Instructions"),
    80: Property("dc:creator", Shape.SEQUENCE, is_right=True),
    85: Property("photoshop:AuthorsPosition"),
    90: Property("photoshop:City"),
    95: Property("photoshop:State"),
    101: Property("photoshop:Country"),
    103: Property("photoshop:TransmissionReference"),
    105: Property("photoshop:Headline"),
    110: Property("photoshop:Credit", is_right=True),
    115: Property("photoshop:Source", is_right=True),
    116: Property("dc:rights", Shape.LANGUAGES, is_right=True),
    120: Property("dc:description", Shape.LANGUAGES),
    122: Property("photoshop:CaptionWriter"),
}


@dataclass(frozen=True)
class Dataset:
    record: int
    number: int
    data: bytes

    @property
    def property(self) -> Property | None:
        return IPTC_PROPERTIES.get(self.number) if self.record == APPLICATION_RECORD else None

    def to_bytes(self) -> bytes:
        return bytes((TAG, self.record, self.number)) + len(self.data).to_bytes(2) + self.data


def keep_rights(block: bytes) -> bytes:
    """The datasets that tell of rights, and in which characters."""
    kept = [each for each in read_datasets(block) if _is_right(each) or (each.record, each.number) == CHARACTER_SET]
    return b"".join(each.to_bytes() for each in kept) if any(map(_is_right, kept)) else b""


def _is_right(dataset: Dataset) -> bool:
    return dataset.property is not None and dataset.property.is_right


def read_texts(block: bytes) -> dict[Property, list[str]]:
    """What a block says, by the property that XMP has for it."""
    datasets = list(read_datasets(block))
    is_utf_8 = any((each.record, each.number) == CHARACTER_SET and each.data == UTF_8 for each in datasets)
    texts: dict[Property, list[str]] = {}
    for each in datasets:
        if each.property:
            text = each.data.decode("utf-8" if is_utf_8 else "latin-1", "replace").strip("\0 ")
            texts.setdefault(each.property, []).append(text)
    return texts


def read_datasets(block: bytes) -> Iterator[Dataset]:
    """Up to the first that is damaged or too long for a word of text."""
    position = 0
    for _ in range(MOST_DATASETS):
        head = block[position : position + 5]
        length = int.from_bytes(head[3:])
        if len(head) < 5 or head[0] != TAG or length > LONGEST_DATASET or position + 5 + length > len(block):
            return
        position += 5 + length
        yield Dataset(head[1], head[2], block[position - length : position])


def to_photoshop(block: bytes) -> bytes:
    """The content of a JPEG's APP13 segment (Adobe Photoshop File Formats, "Image Resource Blocks")."""
    resource = RESOURCE + IPTC_RESOURCE.to_bytes(2) + b"\0\0" + len(block).to_bytes(4) + block
    return PHOTOSHOP + resource + bytes(len(block) % 2)
