"""PNG with 16 bits per sample, by libvips, because Pillow doesn't support 16-bit colours."""

from io import BytesIO
from typing import Any

from imgopt.codecs.png import chunks, codec, color
from imgopt.codecs.shared import deep_samples, matrix_profile, vips
from imgopt.codecs.shared.code_points import Hdr
from imgopt.codecs.shared.color import orientation_of, profile_of
from imgopt.codecs.shared.encoding import Encoding, Metadata

DEEP_BITS, DENSITY_BYTES = 16, 21
# Larger ones would exceed a job's memory, and are reduced to 8 bits.
MOST_DEEP_PIXELS = 24_000_000
# From this many pixels on only zlib is used: oxipng would take 60 bytes a pixel.
HUGE_DEEP_PIXELS, HUGE_DEEP_LEVEL = 8_000_000, 6
# oxipng's level for files that compress to more than half, such as photos: the next one takes 1.4 times as long for
# 0.03 % of the bytes.
DEEP_LEVEL = 1


def read(data: bytes) -> Any:
    """Returns a vips image. None where it has fewer bits, is HDR that must become SDR, or its colours can't be
    converted.
    """
    from PIL import Image

    name = color.read_png_color(data)
    if color.bits_of(data) < DEEP_BITS or (name and (name.narrow or isinstance(name.transfer, Hdr))):
        return None
    with Image.open(BytesIO(data), formats=["PNG"]) as image:
        orientation, profile = orientation_of(image), image.info.get("icc_profile")
    if name:
        profile = profile_of(name, grey=not data[color.COLOR_TYPE_AT] & color.HAS_COLOR)
    try:
        return deep_samples.turn_upright(_to_srgb(load_deep(data), profile), orientation)
    except vips.library().Error:
        return None


def load_deep(data: bytes) -> Any:
    """Returns a vips image of 1 to 4 bands as in the file. Raises pyvips' Error where it is damaged."""
    pixels = vips.library().Image.pngload_buffer(data, fail_on="truncated")
    return pixels.copy(interpretation="grey16" if pixels.bands < 3 else "rgb16")


def _to_srgb(pixels: Any, profile: bytes | None) -> Any:
    if not profile or matrix_profile.is_srgb(profile):
        return pixels
    return deep_samples.to_deep_srgb(pixels, profile)


def encode(pixels: Any, metadata: Metadata) -> Encoding:
    """Encodes losslessly."""
    huge = pixels.width * pixels.height > HUGE_DEEP_PIXELS
    level = HUGE_DEEP_LEVEL if huge else 1
    data = _without_density(pixels.pngsave_buffer(compression=level, bitdepth=DEEP_BITS, keep=0))
    is_dense = len(data) > pixels.width * pixels.height * pixels.bands
    packed = data if huge else codec.pack(data, level=DEEP_LEVEL if is_dense else None)
    return Encoding(chunks.insert(packed, metadata), "zlib" if huge else "oxipng", lossless=True, bits=DEEP_BITS)


def _without_density(data: bytes) -> bytes:
    """Removes the density that libvips invents. The source's density is written as metadata."""
    at = data.find(chunks.DENSITY, 0, data.find(b"IDAT")) - 4
    return data[:at] + data[at + DENSITY_BYTES :] if at > 0 else data
