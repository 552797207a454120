"""Converts the colour space of a BMP file (BITMAPV4HEADER and BITMAPV5HEADER) to an ICC profile."""

import struct
from contextlib import suppress

from imgopt.codecs.bmp.header import V4, V5
from imgopt.codecs.shared.code_points import SRGB_PRIMARIES, Curve, Primaries
from imgopt.codecs.shared.matrix_profile import build_rgb_profile

COLOR_SPACE_AT, ENDPOINTS_AT, GAMMAS_AT, PLACE_AT = 56, 60, 96, 112
CALIBRATED, PROFILE_EMBEDDED = 0, 0x4D424544
LARGEST_PROFILE = 1 << 24


def read_profile(data: bytes, start: int, size: int) -> bytes | None:
    """Returns the profile of a header of `size` bytes at `start`. None for sRGB, and for a profile in another file."""
    if size < V4:
        return None
    (space,) = struct.unpack_from("<I", data, start + COLOR_SPACE_AT)
    if space == CALIBRATED:
        return _calibrated(data, start)
    if space == PROFILE_EMBEDDED and size == V5:
        offset, length = struct.unpack_from("<II", data, start + PLACE_AT)
        return data[start + offset : start + offset + length] if length <= LARGEST_PROFILE else None
    return None


def _calibrated(data: bytes, start: int) -> bytes | None:
    """Returns a profile from chromaticities and gamma; None where these are missing.

    Files don't define white: that of sRGB is assumed, as in Chromium.
    """
    ends = [value / (1 << 30) for value in struct.unpack_from("<9I", data, start + ENDPOINTS_AT)]
    gammas = [value / (1 << 16) for value in struct.unpack_from("<3I", data, start + GAMMAS_AT)]
    corners = [(ends[at], ends[at + 1]) for at in (0, 3, 6)]
    if not all(x <= 1 and 0 < y <= 1 for x, y in corners) or not all(0 < gamma < 256 for gamma in gammas):
        return None
    (red, green, blue), curves = corners, [Curve(gamma) for gamma in gammas]
    with suppress(ValueError):  # the primaries are collinear
        return build_rgb_profile(Primaries(red, green, blue, SRGB_PRIMARIES.white), (curves[0], curves[1], curves[2]))
    return None
