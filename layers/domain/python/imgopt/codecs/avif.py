"""AVIF by libaom, as libvips carries it."""

from typing import TYPE_CHECKING

from imgopt.codecs import quality_scale, vips
from imgopt.codecs.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

# libvips' effort, 0-9, up to so many megapixels: a step down saves a third of the time for 4-10 % of bytes.
EFFORTS = ((1.5, 3), (16, 2), (float("inf"), 1))


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Lossy AVIF in 8 bits at full colour resolution, alpha kept."""
    pixels = vips.from_pillow(image)
    data = pixels.heifsave_buffer(
        Q=quality_scale.AVIF.native(quality),
        compression="av1",
        effort=effort_for(image.width * image.height),
        subsample_mode="off",
        bitdepth=8,
        keep=vips.attach(pixels, metadata),
    )
    return Encoding(data, "libaom")


def effort_for(pixels: int) -> int:
    return next(effort for megapixels, effort in EFFORTS if pixels <= megapixels * 1_000_000)
