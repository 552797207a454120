"""PNG of 16 bits a sample, read and written by libvips, as Pillow has no colours of so many."""

from io import BytesIO
from typing import Any

from imgopt.codecs.png import chunks, codec, color
from imgopt.codecs.shared import deep_samples, matrix_profile, vips
from imgopt.codecs.shared.color import orientation_of, profile_of
from imgopt.codecs.shared.encoding import Encoding, Metadata

BITS = 16
# Larger ones would take more memory than a job has: eight bits are kept of them.
MOST_PIXELS = 24_000_000
# From so many pixels on zlib packs alone: oxipng would take 60 bytes a pixel.
HUGE_PIXELS, HUGE_LEVEL = 8_000_000, 6


def read(data: bytes) -> Any:
    """None where it has fewer bits, where HDR is made SDR, and where colours can't be converted."""
    from PIL import Image

    if color.bits_of(data) < BITS:
        return None
    library = vips.library()
    with Image.open(BytesIO(data), formats=["PNG"]) as image:
        orientation, profile = orientation_of(image), image.info.get("icc_profile")
    if name := color.read_color(data):
        profile = None if name.is_srgb else profile_of(name, grey=not data[color.COLOR_TYPE_AT] & color.HAS_COLOR)
        if name.narrow or not (profile or name.is_srgb):
            return None
    try:
        pixels = library.Image.pngload_buffer(data, fail_on="truncated")
        plain = pixels.copy(interpretation="grey16" if pixels.bands < 3 else "rgb16")
        converted = deep_samples.convert(plain, profile) if profile and not matrix_profile.is_srgb(profile) else plain
        return deep_samples.turn(converted, orientation)
    except library.Error:
        return None


def encode(pixels: Any, metadata: Metadata) -> Encoding:
    """Without loss."""
    huge = pixels.width * pixels.height > HUGE_PIXELS
    data = bytes(pixels.pngsave_buffer(compression=HUGE_LEVEL if huge else 1, bitdepth=BITS, keep=0))
    packed = data if huge else codec.pack(data)
    return Encoding(chunks.insert(packed, metadata), "zlib" if huge else "oxipng", lossless=True, bits=BITS)
