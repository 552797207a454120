"""Removes metadata from files without changing their pixels, for originals that are returned."""

from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs.format import Format
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.color import EXIF_ORIENTATION, orientation_of
from imgopt.codecs.shared.encoding import NO_METADATA, Metadata
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.codecs.shared.metadata import read_dpi, read_metadata
from imgopt.codecs.shared.provenance import mark

if TYPE_CHECKING:
    from PIL.Image import Image


def clean(data: bytes, format_name: str, keep: KeepMetadata, source_type: str | None = None) -> bytes | None:
    """Returns a file with the same pixels and only the metadata to keep; None where that is impossible.

    The source type is always kept.
    """
    clean_of = FORMATS[format_name].clean
    if keep is KeepMetadata.ALL or clean_of is None:
        return data
    return clean_of(data, mark(_needed(data, format_name, keep), source_type))


def trim(data: bytes, format_name: str, keep: KeepMetadata) -> bytes | None:
    """Removes data hidden behind compressed pixels; None where that is impossible. Does nothing where all metadata are
    kept.
    """
    trim_of = FORMATS[format_name].trim
    return data if keep is KeepMetadata.ALL or trim_of is None else trim_of(data)


def _needed(data: bytes, format_name: str, keep: KeepMetadata) -> Metadata:
    """Returns the metadata that must stay: rights where they are to be kept, and the orientation."""
    from PIL import Image

    found = FORMATS[format_name]
    if not (found.pillow_name or (found.open_image and keep is not KeepMetadata.NONE)):
        return NO_METADATA
    with _open_for_metadata(data, found) as image:
        if found.read_embedded and (packet := found.read_embedded(BytesIO(data)).xmp):
            image.info["xmp"] = packet  # Pillow doesn't read XMP of GIF files
        orientation = orientation_of(image)
        kept = replace(read_metadata(image, keep), dpi=read_dpi(image))
    if orientation == 1:
        return kept
    exif = Image.Exif()
    with suppress(Exception):
        exif.load(kept.exif)
    exif[EXIF_ORIENTATION] = orientation
    return replace(kept, exif=exif.tobytes().removeprefix(b"Exif\0\0"))


def _open_for_metadata(data: bytes, found: Format) -> "Image":
    from PIL import Image

    if found.pillow_name or not found.open_image:
        return Image.open(BytesIO(data), formats=[found.pillow_name])
    return found.open_image(data)
