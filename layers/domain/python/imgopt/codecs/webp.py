"""WebP by libwebp, as libvips carries it."""

from typing import TYPE_CHECKING, Any

from imgopt.codecs import quality_scale, vips
from imgopt.codecs.chroma import share_that_shows
from imgopt.codecs.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

EFFORT, LOSSLESS_EFFORT = 5, 4
# From which share of changed colours on the careful way is smaller at the same SSIMULACRA2; it doubles the time.
CAREFUL_ABOVE = 0.05
# Up to so many colours a lossless file is often smaller than a lossy one, and it takes half the time to find out.
FEW_COLORS = 4096


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """WebP, quality 1-100, alpha kept; lossless at 100, and where few colours make that smaller.

    Lossy colour has half the resolution each way. Where that shows, libwebp halves it with more care for edges.
    """
    pixels = vips.from_pillow(image)
    keep = vips.attach(pixels, metadata)
    exact = _encode_exactly(pixels, keep) if quality == 100 or image.getcolors(FEW_COLORS) else None
    if exact is not None and quality == 100:
        return exact
    data = pixels.webpsave_buffer(
        Q=quality_scale.WEBP.native(quality),
        effort=EFFORT,
        smart_subsample=share_that_shows(image) > CAREFUL_ABOVE,
        keep=keep,
    )
    return exact if exact and len(exact.data) <= len(data) else Encoding(data, "libwebp")


def _encode_exactly(pixels: Any, keep: int) -> Encoding:
    data = pixels.webpsave_buffer(lossless=True, effort=LOSSLESS_EFFORT, keep=keep)
    return Encoding(data, "libwebp", lossless=True)
