"""What is kept of a file's metadata, as the client asked."""

from contextlib import suppress
from enum import StrEnum
from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import EXIF_ORIENTATION
from imgopt.codecs.shared.encoding import NO_METADATA, Metadata

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

ARTIST, COPYRIGHT = 0x013B, 0x8298
# Sizes and tables that were true of the old pixels (Exif 3.0, 4.6).
WIDTH, LENGTH, STRIPS, PIXEL_X, PIXEL_Y, EXIF_IFD = 0x0100, 0x0101, 0x0111, 0xA002, 0xA003, 0x8769
STALE = (WIDTH, LENGTH, STRIPS, 0x0102, 0x0103, 0x0106, 0x0115, 0x0116, 0x0117, 0x011C)
# Bytes of EXIF: four segments of a JPEG. Pillow's time for it grows with their square.
LONGEST_KEPT = 1 << 18


class KeepMetadata(StrEnum):
    """Nothing, the author's rights (EXIF artist and copyright), or all of EXIF and XMP, the position included."""

    NONE = "none"
    COPYRIGHT = "copyright"
    ALL = "all"

    @classmethod
    def _missing_(cls, value: object) -> "KeepMetadata | None":
        """Whatever the case of its letters."""
        return next((each for each in cls if isinstance(value, str) and each.value == value.strip().lower()), None)


def read_metadata(image: "Image", keep: KeepMetadata) -> Metadata:
    """For an opened image, before its pixels are changed. What is damaged or too long is not kept."""
    if keep is KeepMetadata.NONE:
        return NO_METADATA
    if len(image.info.get("exif") or b"") > LONGEST_KEPT:
        return NO_METADATA
    with suppress(Exception):
        exif = image.getexif()
        if keep is KeepMetadata.COPYRIGHT:
            return Metadata(exif=_rights(exif))
        return Metadata(exif=_all_but_shape(exif), xmp=_xmp(image))
    return NO_METADATA


def _rights(exif: "Exif") -> bytes:
    from PIL import Image

    kept = Image.Exif()
    for tag in (ARTIST, COPYRIGHT):
        if tag in exif:
            kept[tag] = exif[tag]
    return _to_bytes(kept)


def _all_but_shape(exif: "Exif") -> bytes:
    """Without orientation, which was applied, and without sizes."""
    for tag in (EXIF_ORIENTATION, *STALE):
        exif.pop(tag, None)
    details = exif.get_ifd(EXIF_IFD)
    for tag in (PIXEL_X, PIXEL_Y):
        details.pop(tag, None)
    return _to_bytes(exif)


def _to_bytes(exif: "Exif") -> bytes:
    return exif.tobytes().removeprefix(b"Exif\0\0") if len(exif) else b""


def _xmp(image: "Image") -> bytes:
    found = image.info.get("xmp", image.info.get("XML:com.adobe.xmp", b""))
    return found.encode() if isinstance(found, str) else bytes(found)
