"""Reads the metadata of a file that are to be kept."""

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from imgopt.codecs.shared import iptc, xmp
from imgopt.codecs.shared.color import EXIF_ORIENTATION
from imgopt.codecs.shared.encoding import NO_METADATA, Metadata
from imgopt.codecs.shared.exif_types import with_undefined_types
from imgopt.codecs.shared.keep_metadata import KeepMetadata

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

ARTIST, COPYRIGHT = 0x013B, 0x8298
# Times of taking and digitizing, with zones and fractions of a second (Exif 3.0, table 8).
TAKEN = (0x9003, 0x9004, 0x9011, 0x9012, 0x9291, 0x9292)
# The GPS directory; the tags in it that are times (Exif 3.0, table 15).
GPS_IFD, GPS_TIMES = 0x8825, (0x07, 0x1D)
# Sizes and tables of the old pixels (Exif 3.0, 4.6).
WIDTH, LENGTH, STRIPS, PIXEL_X, PIXEL_Y, EXIF_IFD = 0x0100, 0x0101, 0x0111, 0xA002, 0xA003, 0x8769
STALE = (WIDTH, LENGTH, STRIPS, 0x0102, 0x0103, 0x0106, 0x0115, 0x0116, 0x0117, 0x011C)
# Values that EXIF requires: resolution in inches, the position of chroma, versions, sRGB.
ACROSS, DOWN, UNIT, INCHES, UNKNOWN_DPI, CHROMA_PLACE, CENTRED = 0x011A, 0x011B, 0x0128, 2, 72, 0x0213, 1
REQUIRED_DETAILS = {0x9000: b"0232", 0xA000: b"0100", 0xA001: 1}
# The channels of a compressed picture: Y, Cb, Cr, none (Exif 3.0, ComponentsConfiguration).
COMPONENTS, LUMA_AND_CHROMA = 0x9101, b"\1\2\3\0"
# Keywords of the PNG specification (third edition, 11.3.3.2).
WORDS = {
    "Title": iptc.IPTC_PROPERTIES[5],
    "Author": iptc.IPTC_PROPERTIES[80],
    "Copyright": iptc.IPTC_PROPERTIES[116],
    "Description": iptc.IPTC_PROPERTIES[120],
}
# The limit on EXIF in bytes: four segments of a JPEG. Pillow's time grows with its square.
LONGEST_KEPT = 1 << 18


def read_metadata(image: "Image", keep: KeepMetadata) -> Metadata:
    """Reads metadata of an opened image, before its pixels are changed. Damaged or too long ones are not kept."""
    if keep is KeepMetadata.NONE:
        return NO_METADATA
    iptc_block = _iptc(image)
    texts = {**_read_words(image), **iptc.read_texts(iptc_block or b"")}
    exif, packet = _read_exif(image, keep), _read_xmp(image, keep, texts)
    blocks = {"EXIF": exif, "XMP": packet, "IPTC": iptc_block}
    kept_iptc = iptc_block or b""
    return Metadata(
        exif=exif or b"",
        xmp=packet or b"",
        iptc=kept_iptc if keep is KeepMetadata.ALL else iptc.reduce_datasets(kept_iptc, keep),
        unread=tuple(kind for kind, block in blocks.items() if block is None),
    )


def _read_exif(image: "Image", keep: KeepMetadata) -> bytes | None:
    """Returns EXIF; None where there is some that can't be kept."""
    if len(image.info.get("exif") or b"") > LONGEST_KEPT:
        return None
    with suppress(Exception):
        found = image.getexif()
        return _all_but_shape(found) if keep is KeepMetadata.ALL else _reduce_exif(found, keep, read_dpi(image))
    return None


def _read_xmp(image: "Image", keep: KeepMetadata, texts: "xmp.Texts") -> bytes | None:
    with suppress(Exception):
        found = image.info.get("xmp", image.info.get("XML:com.adobe.xmp", b""))
        packet = found.encode() if isinstance(found, str) else bytes(found)
        change = xmp.refresh_packet if keep is KeepMetadata.ALL else partial(xmp.reduce_packet, keep=keep)
        return change(packet, texts) if len(packet) <= LONGEST_KEPT else None
    return None


def _read_words(image: "Image") -> dict[iptc.Property, list[str]]:
    """Returns a PNG's texts by XMP property. Other formats have no such keys in `info`."""
    found = ((known, image.info.get(word)) for word, known in WORDS.items())
    return {known: [text] for known, text in found if isinstance(text, str) and 0 < len(text) <= LONGEST_KEPT}


def _iptc(image: "Image") -> bytes | None:
    resources = image.info.get("photoshop")
    block = resources.get(iptc.IPTC_RESOURCE, b"") if isinstance(resources, dict) else b""
    return block if isinstance(block, bytes) and len(block) <= LONGEST_KEPT else None


def without_orientation(exif: bytes | None) -> bytes | None:
    """Returns EXIF without orientation, for an image that has been rotated."""
    from PIL import Image

    if not exif:
        return None
    kept = Image.Exif()
    with suppress(Exception):  # damaged EXIF has no orientation
        kept.load(exif)
        kept.pop(EXIF_ORIENTATION, None)
        return kept.tobytes()
    return None


def only_turns(exif: bytes) -> bool:
    """Whether it holds nothing but an orientation."""
    from PIL import Image

    found = Image.Exif()
    with suppress(Exception):
        found.load(exif)
        return set(found) == {EXIF_ORIENTATION}
    return False


def _reduce_exif(exif: "Exif", keep: KeepMetadata, dpi: int | None) -> bytes:
    """Returns EXIF with only some parts, and the values that EXIF requires (Exif 3.0, tables 20 and 21)."""
    from PIL import Image

    rights = {tag: exif[tag] for tag in (ARTIST, COPYRIGHT) if tag in exif and KeepMetadata.COPYRIGHT in keep}
    details, place = exif.get_ifd(EXIF_IFD), exif.get_ifd(GPS_IFD)
    taken = {tag: details[tag] for tag in TAKEN if tag in details and KeepMetadata.CREATION in keep}
    left_out = () if KeepMetadata.CREATION in keep else GPS_TIMES
    where = {tag: place[tag] for tag in place if tag not in left_out and KeepMetadata.LOCATION in keep}
    if not rights and not taken and not where:
        return b""
    kept = Image.Exif()
    kept.update(rights)
    kept[ACROSS] = kept[DOWN] = float(dpi or UNKNOWN_DPI)
    kept[UNIT], kept[CHROMA_PLACE] = INCHES, CENTRED
    kept.get_ifd(EXIF_IFD).update({**REQUIRED_DETAILS, **taken})
    if where:
        kept.get_ifd(GPS_IFD).update(where)
    return _to_bytes(kept)


def _all_but_shape(exif: "Exif") -> bytes:
    """Returns EXIF without orientation, which was applied, and without sizes."""
    for tag in (EXIF_ORIENTATION, *STALE):
        exif.pop(tag, None)
    if EXIF_IFD in exif:
        details = exif.get_ifd(EXIF_IFD)
        for tag in (PIXEL_X, PIXEL_Y):
            details.pop(tag, None)
    return _to_bytes(exif)


def state_size(exif: bytes, width: int, height: int) -> bytes:
    """Adds the size and channels of a JPEG, which EXIF requires; returns b"" unchanged."""
    from PIL import Image

    with suppress(Exception):
        stated = Image.Exif()
        stated.load(exif)
        details = stated.get_ifd(EXIF_IFD)
        if details:
            details.setdefault(COMPONENTS, LUMA_AND_CHROMA)
            details.update({PIXEL_X: width, PIXEL_Y: height})
            return _to_bytes(stated)
    return exif


def _to_bytes(exif: "Exif") -> bytes:
    return with_undefined_types(exif.tobytes().removeprefix(b"Exif\0\0")) if len(exif) else b""


def read_dpi(image: "Image") -> int | None:
    """Returns the pixels per inch, where the file states them; else None."""
    with suppress(Exception):  # missing, infinite, or of a wrong type
        dpi = float(image.info["dpi"][0])
        return round(dpi) if dpi >= 1 else None
    return None
