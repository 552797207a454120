"""Parses a PNG's colour space chunks before its pixels (PNG specification, 3rd ed., 4.3 and 11.3.2)."""

import struct
import zlib

from imgopt.codecs.png.chunks import SIGNATURE_BYTES
from imgopt.codecs.shared.code_points import SRGB_PRIMARIES, Curve, NamedColor, Primaries, named

CHUNKS = frozenset({b"cICP", b"iCCP", b"sRGB", b"gAMA", b"cHRM", b"cLLI", b"mDCV"})
DEPTH_AT, COLOR_TYPE_AT, HAS_COLOR = 24, 25, 2
PROFILE_HEAD = 40
COLOR_UNITS, PEAK_UNITS, MASTERING_PEAK_AT = 100_000, 10_000, 16
# Without chromaticities, a gamma this near to 2.2 counts as sRGB's own curve.
USUAL_GAMMA, NEARLY = 1 / 2.2, 0.05


def read_png_color(data: bytes) -> NamedColor | None:
    """Returns the colour space by cICP, which overrides a profile, or by gAMA and cHRM without a profile or sRGB.

    None where no chunk applies: then a profile counts, or it is sRGB. As in browsers, cHRM alone has no effect.
    """
    found = _read_chunks(data)
    if color := _from_code_points(found):
        return color
    if _is_profile(found.get(b"iCCP", b"")) or b"sRGB" in found:
        return None
    return _from_gamma(found)


def is_named_by_number(data: bytes) -> bool:
    """Returns whether cICP applies and names something else than sRGB."""
    color = _from_code_points(_read_chunks(data))
    return color is not None and not color.is_srgb


def bits_of(data: bytes) -> int:
    """Returns the bits per sample."""
    return data[DEPTH_AT]


def _read_chunks(data: bytes) -> dict[bytes, bytes]:
    """Returns the first chunk of each type before the pixels whose checksum is right."""
    found, position = dict[bytes, bytes](), SIGNATURE_BYTES
    while position + 12 <= len(data):
        length, kind = struct.unpack_from(">I4s", data, position)
        if kind in (b"IDAT", b"IEND"):
            break
        if kind in CHUNKS and _is_whole(data, position, length):
            found.setdefault(kind, data[position + 8 : position + 8 + length])
        position += 12 + length
    return found


def _is_whole(data: bytes, position: int, length: int) -> bool:
    end = position + 8 + length
    return data[end : end + 4] == zlib.crc32(memoryview(data)[position + 4 : end]).to_bytes(4)


def _is_profile(chunk: bytes) -> bool:
    """Returns whether the chunk has a name, a method and a compressed profile with a valid header (ICC.1:2022, 7.2)."""
    packed = chunk[chunk.find(b"\0") + 2 :]
    try:
        head = zlib.decompressobj().decompress(packed, PROFILE_HEAD)
    except zlib.error:
        return False
    return head.endswith(b"acsp")


def _from_code_points(found: dict[bytes, bytes]) -> NamedColor | None:
    numbers = found.get(b"cICP", b"")
    if len(numbers) != 4 or numbers[2]:  # only RGB is defined
        return None
    return named(numbers[0], numbers[1], narrow=not numbers[3], peak=_peak(found))


def _peak(found: dict[bytes, bytes]) -> float | None:
    """Returns the brightest pixel in cd/m2, or else the peak luminance of the mastering display."""
    brightest = int.from_bytes(found.get(b"cLLI", b"")[:4])
    mastered = int.from_bytes(found.get(b"mDCV", b"")[MASTERING_PEAK_AT : MASTERING_PEAK_AT + 4])
    return (brightest or mastered) / PEAK_UNITS or None


def _from_gamma(found: dict[bytes, bytes]) -> NamedColor | None:
    gamma = int.from_bytes(found.get(b"gAMA", b"")[:4]) / COLOR_UNITS
    primaries = _primaries(found.get(b"cHRM", b""))
    if not gamma or (primaries is None and abs(gamma / USUAL_GAMMA - 1) < NEARLY):
        return None
    return NamedColor(primaries or SRGB_PRIMARIES, Curve(1 / gamma))


def _primaries(chromaticities: bytes) -> Primaries | None:
    if len(chromaticities) != 32:
        return None
    white, red, green, blue = ((x / COLOR_UNITS, y / COLOR_UNITS) for x, y in struct.iter_unpack(">II", chromaticities))
    return Primaries(red, green, blue, white)
