"""WebP by libwebp, as libvips carries it."""

from typing import TYPE_CHECKING

from imgopt.codecs import quality_scale, vips
from imgopt.codecs.chroma import share_that_shows
from imgopt.codecs.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

EFFORT, LOSSLESS_EFFORT = 5, 4
# From which share of changed colours on the careful way is smaller at the same SSIMULACRA2; it doubles the time.
CAREFUL_ABOVE = 0.05


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """WebP, quality 1-100, alpha kept; lossless at 100.

    Colour has half the resolution each way. Where that shows, libwebp halves it with more care for edges.
    """
    pixels = vips.from_pillow(image)
    lossless = quality == 100
    data = pixels.webpsave_buffer(
        Q=quality_scale.WEBP.native(quality),
        lossless=lossless,
        effort=LOSSLESS_EFFORT if lossless else EFFORT,
        smart_subsample=not lossless and share_that_shows(image) > CAREFUL_ABOVE,
        keep=vips.attach(pixels, metadata),
    )
    return Encoding(data, "libwebp", lossless)
