"""WebP by libwebp, as libvips carries it."""

from typing import TYPE_CHECKING, Any

from imgopt.codecs import quality_scale, vips
from imgopt.codecs.chroma import share_that_shows
from imgopt.codecs.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "libwebp"
EFFORT, LOSSLESS_EFFORT = 5, 4
# From which share of changed colours on the careful way is smaller at the same SSIMULACRA2; it doubles the time.
CAREFUL_ABOVE = 0.05
# Up to so many colours a lossless file is often smaller than a lossy one, and it takes half the time to find out.
FEW_COLORS = 4096


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """WebP, quality 1-100, alpha kept; lossless at 100, and where few colours make that smaller."""
    exact = _write_exactly(image, metadata) if quality == 100 or image.getcolors(FEW_COLORS) else None
    if exact is not None and quality == 100:
        return Encoding(exact, ENCODER, lossless=True)
    data = write(image, quality_scale.WEBP.native(quality), metadata)
    if exact is not None and len(exact) <= len(data):
        return Encoding(exact, ENCODER, lossless=True)
    return Encoding(data, ENCODER)


def write(image: "Image", native: int, metadata: Metadata = NO_METADATA) -> bytes:
    """Lossy, by the encoder's own number, 0-100.

    Colour has half the resolution each way. Where that shows, libwebp halves it with more care for edges.
    """
    careful = share_that_shows(image) > CAREFUL_ABOVE
    return _save(image, metadata, Q=native, effort=EFFORT, smart_subsample=careful)


def _write_exactly(image: "Image", metadata: Metadata) -> bytes:
    return _save(image, metadata, lossless=True, effort=LOSSLESS_EFFORT)


def _save(image: "Image", metadata: Metadata, **options: Any) -> bytes:
    pixels = vips.from_pillow(image)
    return bytes(pixels.webpsave_buffer(keep=vips.attach(pixels, metadata), **options))
