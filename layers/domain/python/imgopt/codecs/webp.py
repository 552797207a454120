"""WebP by libwebp, as libvips carries it."""

from typing import TYPE_CHECKING

from imgopt.codecs import quality_scale, vips
from imgopt.codecs.chroma import loss_by_halving
from imgopt.codecs.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

EFFORT, LOSSLESS_EFFORT = 5, 4
# Loss by halving chroma from which the careful way is smaller at the same SSIMULACRA2; it doubles the time.
CAREFUL_ABOVE = 2.2


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """WebP, quality 1-100, alpha kept; lossless at 100.

    Colour has half the resolution each way. Where that shows, libwebp halves it with more care for edges.
    """
    pixels = vips.with_metadata(vips.from_pillow(image), metadata)
    lossless = quality == 100
    data = pixels.webpsave_buffer(
        Q=quality_scale.WEBP.native(quality),
        lossless=lossless,
        effort=LOSSLESS_EFFORT if lossless else EFFORT,
        smart_subsample=not lossless and loss_by_halving(image) > CAREFUL_ABOVE,
        keep=vips.KEPT,
    )
    return Encoding(data, "libwebp", lossless)
