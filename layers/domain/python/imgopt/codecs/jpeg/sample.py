"""Encodes a sample of a picture as JPEG, for measuring its pixels."""

from typing import TYPE_CHECKING

from imgopt.codecs.jpeg import jpegli, mozjpeg
from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.color import flatten

if TYPE_CHECKING:
    from PIL.Image import Image

SINGLE_SCAN = 0


def encode_sample(image: "Image", quality: int, encoder: str) -> bytes:
    """Returns a JPEG with the pixels that `encoder` makes at this quality, with its chroma resolution.

    jpegli's scans only differ in bytes: a single one is encoded and decoded in half the time.
    """
    flat, full_chroma = flatten(image), encoder.endswith("4:4:4")
    if encoder.startswith("mozjpeg"):
        scale = quality_scale.MOZJPEG_FULL_CHROMA if full_chroma else quality_scale.MOZJPEG
        return mozjpeg.encode(flat, scale.native(quality), full_chroma=full_chroma)
    scale = quality_scale.JPEG_FULL_CHROMA if full_chroma else quality_scale.JPEG
    return jpegli.encode(flat, scale.native(quality), full_chroma=full_chroma, scans=SINGLE_SCAN)
