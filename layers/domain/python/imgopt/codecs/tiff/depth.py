"""How many bits the samples of a TIFF file have (TIFF revision 6.0, BitsPerSample)."""

from contextlib import suppress
from io import BytesIO

from imgopt.codecs.shared.encoding import BITS

BITS_PER_SAMPLE = 258


def count_tiff_bits(data: bytes) -> int:
    """Of the deepest sample of the first page; eight where only libvips can tell."""
    from PIL import Image

    with suppress(Exception), Image.open(BytesIO(data), formats=["TIFF"]) as image:
        return int(max(image.tag_v2.get(BITS_PER_SAMPLE, (BITS,))))  # type: ignore[attr-defined]
    return BITS
