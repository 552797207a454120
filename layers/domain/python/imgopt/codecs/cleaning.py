"""The same pixels without the metadata that isn't to be kept, for originals that can't be made smaller."""

from contextlib import suppress
from dataclasses import replace
from io import BytesIO

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.color import EXIF_ORIENTATION, orientation_of
from imgopt.codecs.shared.encoding import NO_METADATA, Metadata
from imgopt.codecs.shared.metadata import KeepMetadata, read_dpi, read_metadata


def clean(data: bytes, format_name: str, keep: KeepMetadata) -> bytes | None:
    """A file of a format of ours that shows the same, its pixels untouched; None where that can't be."""
    clean_of = FORMATS[format_name].clean
    if keep is KeepMetadata.ALL or clean_of is None:
        return data
    return clean_of(data, _needed(data, format_name, keep))


def _needed(data: bytes, format_name: str, keep: KeepMetadata) -> Metadata:
    """What must stay: the rights where they are asked for, and how the pixels are turned."""
    from PIL import Image

    pillow_name = FORMATS[format_name].pillow_name
    if not pillow_name:
        return NO_METADATA
    with Image.open(BytesIO(data), formats=[pillow_name]) as image:
        orientation = orientation_of(image)
        kept = replace(read_metadata(image, keep), dpi=read_dpi(image))
    if orientation == 1:
        return kept
    exif = Image.Exif()
    with suppress(Exception):
        exif.load(kept.exif)
    exif[EXIF_ORIENTATION] = orientation
    return replace(kept, exif=exif.tobytes().removeprefix(b"Exif\0\0"))
