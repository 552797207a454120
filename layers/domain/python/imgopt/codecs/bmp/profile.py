"""What a BMP file says of its colours (BITMAPV4HEADER and BITMAPV5HEADER), as an ICC profile."""

import struct

from imgopt.codecs.bmp.header import V4, V5

COLOR_SPACE_AT, ENDPOINTS_AT, GAMMAS_AT, PLACE_AT = 56, 60, 96, 112
CALIBRATED, PROFILE_EMBEDDED = 0, 0x4D424544
LARGEST_PROFILE = 1 << 24
# Files don't say what white is: it is that of sRGB, as in Chromium. Profiles have their own (ICC.1:2022, 7.2.16).
WHITE_OF_SRGB, D50 = (0.31271, 0.32902), (0.9642, 1.0, 0.8249)
# The responses of cones by which colours are adapted from one white to another (ICC.1:2022, annex E), and the inverse.
BRADFORD = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
INVERSE = ((0.9869929, -0.1470543, 0.1599627), (0.4323053, 0.5183603, 0.0492912), (-0.0085287, 0.0400428, 0.9684867))

Triple = tuple[float, ...]


def read_profile(data: bytes, start: int, size: int) -> bytes | None:
    """Of a header of so many bytes at `start`. None where the colours are sRGB's, or of a profile in another file."""
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
    """From the primaries' chromaticities and the exponents; None where these say nothing."""
    ends = [value / (1 << 30) for value in struct.unpack_from("<9I", data, start + ENDPOINTS_AT)]
    gammas = [value / (1 << 16) for value in struct.unpack_from("<3I", data, start + GAMMAS_AT)]
    corners = [_xyz_of(ends[at], ends[at + 1]) for at in (0, 3, 6) if 0 < ends[at + 1] <= 1 and ends[at] <= 1]
    if len(corners) < 3 or not all(0 < gamma < 256 for gamma in gammas):
        return None
    shares = _solve(corners, _xyz_of(*WHITE_OF_SRGB))
    if not shares:
        return None
    return _write([_adapt(corner, share) for corner, share in zip(corners, shares, strict=True)], gammas)


def _xyz_of(x: float, y: float) -> Triple:
    """Of a chromaticity, with a luminance of 1."""
    return x / y, 1.0, (1 - x - y) / y


def _solve(corners: list[Triple], white: Triple) -> Triple | None:
    """How much of each makes white, by Cramer's rule; None where nothing does."""
    whole = _determinant(corners)
    if abs(whole) < 1e-9:
        return None
    return tuple(_determinant([*corners[:at], white, *corners[at + 1 :]]) / whole for at in range(3))


def _determinant(columns: list[Triple]) -> float:
    (a, b, c), (d, e, f), (g, h, i) = columns
    return a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)


def _adapt(color: Triple, share: float) -> Triple:
    """As it is seen under D50, times its share."""
    scales = [
        to / of for of, to in zip(_multiply(BRADFORD, _xyz_of(*WHITE_OF_SRGB)), _multiply(BRADFORD, D50), strict=True)
    ]
    cones = tuple(share * scale * value for scale, value in zip(scales, _multiply(BRADFORD, color), strict=True))
    return _multiply(INVERSE, cones)


def _multiply(matrix: tuple[Triple, ...], vector: Triple) -> Triple:
    return tuple(sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)


def _write(primaries: list[Triple], gammas: list[float]) -> bytes:
    """A profile with three primaries and three exponents (ICC.1:2022, 8.3.3)."""
    tags = {b"desc": b"desc" + bytes(4) + struct.pack(">I", 4) + b"BMP\0" + bytes(78), b"wtpt": _xyz(D50)}
    tags |= {b"%cXYZ" % letter: _xyz(each) for letter, each in zip(b"rgb", primaries, strict=True)}
    tags |= {b"%cTRC" % letter: _curve(each) for letter, each in zip(b"rgb", gammas, strict=True)}
    position, directory, body = 132 + 12 * len(tags), b"", b""
    for name, tag in tags.items():
        directory += struct.pack(">4sII", name, position + len(body), len(tag))
        body += tag + bytes(-len(tag) % 4)
    head = bytearray(128)
    struct.pack_into(">I4xI4s4s4s", head, 0, position + len(body), 0x04300000, b"mntr", b"RGB ", b"XYZ ")
    head[36:40], head[68:80] = b"acsp", _xyz(D50)[8:]
    return bytes(head) + struct.pack(">I", len(tags)) + directory + body


def _xyz(color: Triple) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *(round(value * 65536) for value in color))


def _curve(gamma: float) -> bytes:
    return struct.pack(">4s4xHHi", b"para", 0, 0, round(gamma * 65536))
