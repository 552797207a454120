"""Matrix ICC profiles: writes them (ICC.1:2022, version 4), and compares them with sRGB."""

import struct
from collections.abc import Iterator
from itertools import chain

from imgopt.codecs.shared.code_points import LINEAR_FROM, SRGB_PRIMARIES, Curve, Primaries

Triple = tuple[float, float, float]
Matrix = tuple[Triple, Triple, Triple]

# The white point of profiles (ICC.1:2022, 7.2.16), and the cone responses for adaptation to it (annex E).
D50: Triple = (0.9642, 1.0, 0.8249)
BRADFORD: Matrix = ((0.8951, 0.2664, -0.1614), (-0.7502, 1.7135, 0.0367), (0.0389, -0.0685, 1.0296))
PROFILE_HEADER_BYTES, ENTRY_BYTES, MOST_TAGS = 128, 12, 100
TO_LAB = b"A2B0"  # a lookup table, which overrides primaries and curves
COLORANTS, CURVES, GREY_CURVE = (b"rXYZ", b"gXYZ", b"bXYZ"), (b"rTRC", b"gTRC", b"bTRC"), b"kTRC"
# Curves count as equal where they differ by less than a level of 255 in sRGB; primaries by this much XYZ.
SAME_LIGHT, SAME_PRIMARY = 1 / 255, 0.002
CURVE_SAMPLES = 33
# Errors of parsing damaged profiles.
DAMAGED_PROFILE = (LookupError, ValueError, ArithmeticError, TypeError, struct.error)
# The number of parameters of each parametric curve type (ICC.1:2022, table 68).
PARAMETERS = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}


def build_profile(primaries: Primaries, curve: Curve, *, grey: bool = False) -> bytes:
    """Returns a display profile for RGB or grey. Raises ValueError where the primaries are collinear."""
    if grey:
        return _assemble(b"GRAY", {GREY_CURVE: _parametric(curve)})
    return build_rgb_profile(primaries, (curve, curve, curve))


def build_rgb_profile(primaries: Primaries, curves: tuple[Curve, Curve, Curve]) -> bytes:
    """Returns a display profile with a curve for each of red, green and blue."""
    columns = zip(*multiply(adaptation(_xyz(primaries.white)), to_xyz(primaries)), strict=True)
    colorants = {name: _xyz_tag(column) for name, column in zip(COLORANTS, columns, strict=True)}
    tones = {name: _parametric(curve) for name, curve in zip(CURVES, curves, strict=True)}
    return _assemble(b"RGB ", colorants | tones)


def to_xyz(primaries: Primaries) -> Matrix:
    """Returns the matrix from linear RGB to XYZ, with Y = 1 for white. Raises ValueError where there is none."""
    corners = transpose((_xyz(primaries.red), _xyz(primaries.green), _xyz(primaries.blue)))
    shares = transform(invert(corners), _xyz(primaries.white))
    red, green, blue = (tuple(value * share for value, share in zip(row, shares, strict=True)) for row in corners)
    return red, green, blue  # type: ignore[return-value]  # three numbers each


def to_linear_srgb(primaries: Primaries) -> Matrix:
    """Returns the matrix from linear RGB to linear sRGB. White stays white."""
    source, target = _xyz(primaries.white), _xyz(SRGB_PRIMARIES.white)
    back = multiply(invert(to_xyz(SRGB_PRIMARIES)), invert(adaptation(target)))
    return multiply(back, multiply(adaptation(source), to_xyz(primaries)))


def adaptation(white: Triple) -> Matrix:
    """Returns the matrix that adapts from a white point to D50, by von Kries' rule in Bradford's cones.

    Raises ValueError where the white has no luminance.
    """
    if not white[1]:
        raise ValueError("The white point has no luminance.")
    scales = [to / of for of, to in zip(transform(BRADFORD, white), transform(BRADFORD, D50), strict=True)]
    diagonal = ((scales[0], 0.0, 0.0), (0.0, scales[1], 0.0), (0.0, 0.0, scales[2]))
    return multiply(invert(BRADFORD), multiply(diagonal, BRADFORD))


def is_srgb(profile: bytes) -> bool:
    """Returns whether a profile has the primaries and the curve of sRGB, whatever its name."""
    try:
        tags = _read_tags(profile)
        if TO_LAB in tags:
            return False
        columns = [_read_xyz(tags[name]) for name in COLORANTS]
        curves = [tags[name] for name in CURVES]
        return _has_srgb_primaries(columns) and all(_has_srgb_curve(curve) for curve in dict.fromkeys(curves))
    except DAMAGED_PROFILE:
        return False


def is_linear(profile: bytes) -> bool:
    """Returns whether a profile's samples are about linear light."""
    try:
        tags = _read_tags(profile)
        curve = tags.get(CURVES[1]) or tags[GREY_CURVE]
        return TO_LAB not in tags and list(_read_curve(curve))[CURVE_SAMPLES // 2] > LINEAR_FROM
    except DAMAGED_PROFILE:
        return False


def has_stated_size(profile: bytes) -> bool:
    """Returns whether no bytes follow the declared size (ICC.1:2022, 7.2.2), except padding to whole words."""
    stated = int.from_bytes(profile[:4])
    return len(profile) <= stated + 3 and not any(profile[stated:])


def transpose(matrix: Matrix) -> Matrix:
    first, second, third = zip(*matrix, strict=True)
    return first, second, third


def transform(matrix: Matrix, vector: Triple) -> Triple:
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def multiply(left: Matrix, right: Matrix) -> Matrix:
    first, second, third = (transform(left, column) for column in transpose(right))
    return transpose((first, second, third))


def invert(matrix: Matrix) -> Matrix:
    """Inverts a matrix by Cramer's rule. Raises ValueError where there is no inverse."""
    (a, b, c), (d, e, f), (g, h, i) = matrix
    determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g)
    if abs(determinant) < 1e-9:
        raise ValueError("The primaries are collinear.")
    minors = (
        (e * i - f * h, c * h - b * i, b * f - c * e),
        (f * g - d * i, a * i - c * g, c * d - a * f),
        (d * h - e * g, b * g - a * h, a * e - b * d),
    )
    first, second, third = ((x / determinant, y / determinant, z / determinant) for x, y, z in minors)
    return first, second, third


def _xyz(color: tuple[float, float]) -> Triple:
    """Returns XYZ of a chromaticity. Where y is 0, the scale is arbitrary: white determines it."""
    x, y = color
    return (x / y, 1.0, (1 - x - y) / y) if y else (x, y, 1 - x - y)


def _assemble(space: bytes, tags: dict[bytes, bytes]) -> bytes:
    """Returns a profile with the required tags. Equal tags are stored once."""
    tags = {b"desc": _text("imgopt"), b"cprt": _text("CC0"), b"wtpt": _xyz_tag(D50)} | tags
    position = PROFILE_HEADER_BYTES + 4 + ENTRY_BYTES * len(tags)
    directory, body, places = struct.pack(">I", len(tags)), b"", dict[bytes, int]()
    for name, tag in tags.items():
        if tag not in places:
            places[tag] = position + len(body)
            body += tag + bytes(-len(tag) % 4)
        directory += struct.pack(">4sII", name, places[tag], len(tag))
    head = bytearray(PROFILE_HEADER_BYTES)
    struct.pack_into(">I4xI4s4s4s", head, 0, position + len(body), 0x04300000, b"mntr", space, b"XYZ ")
    struct.pack_into(">4s", head, 36, b"acsp")
    struct.pack_into(">3i", head, 68, *map(_fixed, D50))
    return bytes(head) + directory + body


def _text(words: str) -> bytes:
    text = words.encode("utf-16-be")
    return struct.pack(">4s4xII4sII", b"mluc", 1, 12, b"enUS", len(text), 28) + text


def _xyz_tag(value: Triple) -> bytes:
    return struct.pack(">4s4x3i", b"XYZ ", *map(_fixed, value))


def _parametric(curve: Curve) -> bytes:
    return struct.pack(">4s4xHH5i", b"para", 3, 0, *map(_fixed, curve))


def _fixed(value: float) -> int:
    """Returns an s15Fixed16Number (ICC.1:2022, 4.6)."""
    return max(-(1 << 31), min((1 << 31) - 1, round(value * 65536)))


def _read_tags(profile: bytes) -> dict[bytes, bytes]:
    (count,) = struct.unpack_from(">I", profile, PROFILE_HEADER_BYTES)
    entries = (PROFILE_HEADER_BYTES + 4 + ENTRY_BYTES * index for index in range(min(count, MOST_TAGS)))
    found = (struct.unpack_from(">4sII", profile, at) for at in entries)
    return {name: profile[start : start + length] for name, start, length in found}


def _read_xyz(tag: bytes) -> Triple:
    x, y, z = (value / 65536 for value in struct.unpack_from(">3i", tag, 8))
    return x, y, z


def _has_srgb_primaries(columns: list[Triple]) -> bool:
    pairs = zip(chain(*columns), chain(*SRGB_COLUMNS), strict=True)
    return all(abs(value - expected) < SAME_PRIMARY for value, expected in pairs)


def _has_srgb_curve(tag: bytes) -> bool:
    """Compares the curve in sRGB's coding, so that dark tones count as much as they are visible."""
    return all(low < light < high for (low, high), light in zip(SRGB_BOUNDS, _read_curve(tag), strict=True))


def _samples() -> Iterator[float]:
    return (index / (CURVE_SAMPLES - 1) for index in range(CURVE_SAMPLES))


def _light(sample: float) -> float:
    """Returns the linear light, 0 to 1, of an sRGB sample (IEC 61966-2-1)."""
    return sample / 12.92 if sample <= 0.04045 else float(((sample + 0.055) / 1.055) ** 2.4)


def _read_curve(tag: bytes) -> Iterator[float]:
    """Yields the linear light of each sample."""
    if tag[:4] == b"para":
        (kind,) = struct.unpack_from(">H", tag, 8)
        values = [value / 65536 for value in struct.unpack_from(f">{PARAMETERS[kind]}i", tag, 12)]
        return (_evaluate(kind, values, sample) for sample in _samples())
    if tag[:4] != b"curv":
        raise ValueError("The curve has an unknown type.")
    (count,) = struct.unpack_from(">I", tag, 8)
    if count < 2:
        power = struct.unpack_from(">H", tag, 12)[0] / 256 if count else 1.0
        return (sample**power for sample in _samples())
    return (_interpolate(tag, count, sample) for sample in _samples())


def _evaluate(kind: int, values: list[float], sample: float) -> float:
    """Evaluates a parametric curve (ICC.1:2022, table 68): all types are special cases of the last one."""
    g, a, b = values[:3] if kind else (values[0], 1.0, 0.0)
    c, d = values[3:5] if kind > 2 else (0.0, -b / a)
    e, f = values[5:7] if kind == 4 else (values[3], values[3]) if kind == 2 else (0.0, 0.0)
    return float(max(0.0, a * sample + b) ** g) + e if sample >= d else c * sample + f


def _interpolate(tag: bytes, count: int, sample: float) -> float:
    place = sample * (count - 1)
    index = min(int(place), count - 2)
    low, high = struct.unpack_from(">2H", tag, 12 + 2 * index)
    return float(low + (high - low) * (place - index)) / 65535


# Computed once.
SRGB_COLUMNS = transpose(multiply(adaptation(_xyz(SRGB_PRIMARIES.white)), to_xyz(SRGB_PRIMARIES)))
SRGB_BOUNDS = [(_light(sample - SAME_LIGHT), _light(sample + SAME_LIGHT)) for sample in _samples()]
