"""A sample of a picture as a JPEG, for its pixels alone."""

from typing import TYPE_CHECKING

from imgopt.codecs.jpeg import codec, jpegli
from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.color import flatten

if TYPE_CHECKING:
    from PIL.Image import Image

SINGLE_SCAN = 0


def encode_sample(image: "Image", quality: int, encoder: str) -> bytes:
    """The pixels that `encoder` has made of the whole at that quality, with its resolution of colour.

    jpegli's scans differ in bytes alone: a single one is written and read in half the time.
    """
    scales = {codec.ENCODER: quality_scale.JPEG, codec.FULL_CHROMA_ENCODER: quality_scale.JPEG_FULL_CHROMA}
    scale = scales.get(encoder)
    if scale is None:
        return codec.encode(image, quality).data
    full_chroma = encoder == codec.FULL_CHROMA_ENCODER
    return jpegli.encode(flatten(image), scale.native(quality), full_chroma=full_chroma, scans=SINGLE_SCAN)
