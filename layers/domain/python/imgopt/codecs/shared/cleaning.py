"""The same pixels without the metadata that isn't to be kept, for originals that can't be made smaller."""

from collections.abc import Callable
from contextlib import suppress
from io import BytesIO

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.gif import blocks as gif_blocks
from imgopt.codecs.jpeg import segments as jpeg_segments
from imgopt.codecs.png import chunks as png_chunks
from imgopt.codecs.shared import isobmff
from imgopt.codecs.shared.color import EXIF_ORIENTATION, orientation_of
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.metadata import KeepMetadata, read_metadata
from imgopt.codecs.webp import chunks as webp_chunks

Clean = Callable[[bytes, Metadata], bytes | None]


def clean(data: bytes, format_name: str, keep: KeepMetadata) -> bytes | None:
    """A file of a format of ours that shows the same, its pixels untouched; None where that can't be."""
    if keep is KeepMetadata.ALL or format_name not in CLEANERS:
        return data
    return CLEANERS[format_name](data, _needed(data, format_name, keep))


def _needed(data: bytes, format_name: str, keep: KeepMetadata) -> Metadata:
    """What must stay: the rights where they are asked for, and how the pixels are turned."""
    from PIL import Image

    with Image.open(BytesIO(data), formats=[FORMATS[format_name].pillow_name]) as image:
        orientation = orientation_of(image)
        kept = read_metadata(image, keep)
    if orientation == 1:
        return kept
    exif = Image.Exif()
    with suppress(Exception):
        exif.load(kept.exif)
    exif[EXIF_ORIENTATION] = orientation
    return Metadata(exif=exif.tobytes().removeprefix(b"Exif\0\0"))


def _clean_jpeg(data: bytes, needed: Metadata) -> bytes:
    return jpeg_segments.insert(jpeg_segments.strip(data), needed)


def _clean_png(data: bytes, needed: Metadata) -> bytes:
    return png_chunks.insert(png_chunks.strip(data), needed)


def _clean_webp(data: bytes, needed: Metadata) -> bytes | None:
    return None if needed.exif else webp_chunks.strip(data)


def _clean_avif(data: bytes, needed: Metadata) -> bytes | None:
    """Its boxes count bytes from the start of the file: what is taken out is overwritten instead."""
    extents = isobmff.metadata_extents(BytesIO(data))
    if needed.exif and extents:
        return None
    cleaned, done = bytearray(data), 0
    for offset, length in sorted(extents):
        start, end = max(offset, done), min(offset + length, len(data))
        cleaned[start:end] = bytes(max(0, end - start))
        done = max(done, end)
    return bytes(cleaned)


def _clean_gif(data: bytes, _needed: Metadata) -> bytes:
    return gif_blocks.strip(data)


CLEANERS: dict[str, Clean] = {
    "jpg": _clean_jpeg,
    "png": _clean_png,
    "webp": _clean_webp,
    "avif": _clean_avif,
    "gif": _clean_gif,
}
