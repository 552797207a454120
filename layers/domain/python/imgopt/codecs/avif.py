"""AVIF by libaom, as libvips carries it."""

from io import BytesIO
from typing import TYPE_CHECKING

from imgopt.codecs import isobmff, quality_scale, vips
from imgopt.codecs.encoding import NO_METADATA, Encoding, Metadata

if TYPE_CHECKING:
    from PIL.Image import Image

# Megapixels above which libaom would take more memory than a function has: 3.9 GB for 100 with all colour.
HUGE = 48
# libvips' effort, 0-9, up to so many megapixels: a step down saves a third of the time for 4-10 % of bytes.
EFFORTS = ((1.5, 3), (16, 2), (HUGE, 1), (float("inf"), 0))


def encode(image: "Image", quality: int, metadata: Metadata = NO_METADATA) -> Encoding:
    """Lossy AVIF in 8 bits, alpha kept; at full colour resolution up to 48 megapixels."""
    pixels, megapixels = vips.from_pillow(image), image.width * image.height / 1e6
    data = pixels.heifsave_buffer(
        Q=quality_scale.AVIF.native(quality),
        compression="av1",
        effort=effort_for(megapixels),
        subsample_mode="on" if megapixels > HUGE else "off",
        bitdepth=8,
        keep=vips.attach(pixels, metadata),
    )
    return Encoding(data, "libaom")


def open_image(data: bytes) -> "Image":
    """Not decoded yet. Colours that are named by number get the profile that says the same."""
    from PIL import Image

    image = Image.open(BytesIO(data), formats=["AVIF"])
    if not image.info.get("icc_profile") and isobmff.is_display_p3(data):
        image.info["icc_profile"] = vips.display_p3()
    return image


def effort_for(megapixels: float) -> int:
    return next(effort for most, effort in EFFORTS if megapixels <= most)
