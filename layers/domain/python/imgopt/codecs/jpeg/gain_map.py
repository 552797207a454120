"""Gain maps of JPEGs: decoded by libvips, which supports several storage forms; encoded by ISO 21496-1.

The map is a second JPEG behind the picture, and an index has its offset (CIPA DC-007, multi-picture format). Both have
a segment that says so; the map's contains the parameters (ISO 21496-1, annex C).
"""

import math
import struct
from contextlib import suppress
from fractions import Fraction
from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs.jpeg import application_segments, jpegli
from imgopt.codecs.jpeg.application_segments import APP0, APP2, COLOR_PROFILE, LONGEST_METADATA, write_segment
from imgopt.codecs.jpeg.segments import read_segments
from imgopt.codecs.shared import vips
from imgopt.codecs.shared.color import EXIF_ORIENTATION
from imgopt.codecs.shared.encoding import NO_METADATA, Metadata
from imgopt.codecs.shared.gain_map import GainMap

if TYPE_CHECKING:
    from PIL.Image import Image

ISO = b"urn:iso:std:iso:ts:21496:-1\0"
# Marks of a gain map: those of the standard, of Google and Adobe, and of Apple.
SIGNS = (ISO, b"http://ns.adobe.com/hdr-gain-map/1.0/", b"http://ns.apple.com/HDRGainMap/1.0/")
# Minimum and writer version of the standard (clause C.2.2).
VERSION = bytes(4)
SEVERAL_CHANNELS, BASE_COLORS = 0x80, 0x40
DENOMINATOR = 1 << 20
# Beyond it, a fraction of 32 bits with that denominator overflows. Real maps have smaller numbers.
LARGEST_NUMBER = 1 << 10
MULTI_PICTURE = b"MPF\0"
# DC-007, 5.2.3.3: the first picture is the primary one; both are JPEGs.
PRIMARY, OF_NO_KIND = 0x030000, 0
# Losses of a map, which is smooth, show as halos.
LEAST_QUALITY = 80
SEGMENT_HEAD = 4
# libvips' names of fields.
DATA = "gainmap-data"
NUMBERS = (
    *("gainmap-min-content-boost", "gainmap-max-content-boost", "gainmap-gamma"),
    *("gainmap-offset-sdr", "gainmap-offset-hdr"),
)


def is_declared(data: bytes) -> bool:
    """Returns whether a file contains a known mark of a gain map."""
    return any(sign in data for sign in SIGNS)


def read(data: bytes) -> GainMap | None:
    """Returns the gain map; None where there is none that can be decoded."""
    found = _find(data)
    return _read_map(found) if found else None


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """Like `application_segments.clean`, with the gain map kept unchanged."""
    cleaned, found = application_segments.clean(data, kept), _find(data)
    gain_map = _read_map(found) if found else None
    if not cleaned or not found or not gain_map:
        return cleaned
    image = application_segments.clean(found.get(DATA), NO_METADATA)
    return _join(cleaned, image, gain_map) if image else None


def _find(data: bytes) -> Any:
    """Returns a vips image with the map's fields; None without a map."""
    if not is_declared(data):
        return None
    pyvips = vips.library()
    try:
        file = pyvips.Image.new_from_buffer(data, "")
    except pyvips.Error:
        return None
    return file if DATA in file.get_fields() else None


def _read_map(file: Any) -> GainMap | None:
    """Converts the parameters: boosts are factors in libvips, and stops here. Returns None where they are invalid."""
    image = _open_map(file.get(DATA), file.width * file.height)
    least, most, gamma, base_offset, alternate_offset = (tuple(map(float, file.get(name))) for name in NUMBERS)
    headrooms = file.get("gainmap-hdr-capacity-min"), file.get("gainmap-hdr-capacity-max")
    factors, offsets = (*least, *most, *headrooms, *gamma), (*base_offset, *alternate_offset)
    are_written = all(abs(each) <= LARGEST_NUMBER for each in (*gamma, *offsets))
    if image is None or min(factors) <= 0 or not all(map(math.isfinite, factors)) or not are_written:
        return None
    return GainMap(
        _turn(image, file),
        least=tuple(map(math.log2, least)),
        most=tuple(map(math.log2, most)),
        gamma=gamma,
        base_offset=base_offset,
        alternate_offset=alternate_offset,
        least_headroom=math.log2(headrooms[0]),
        most_headroom=math.log2(headrooms[1]),
        in_base_colors=bool(file.get("gainmap-use-base-cg")),
        profile=image.info.get("icc_profile", b""),
    )


def _open_map(data: bytes, most_pixels: int) -> "Image | None":
    """Decodes the map. Returns None where it is larger than the picture, or damaged: the picture may still be
    intact.
    """
    from PIL import Image

    with suppress(OSError, SyntaxError, ValueError, struct.error):
        image = Image.open(BytesIO(data), formats=["JPEG"])
        if image.width * image.height <= most_pixels:
            image.load()
            return image if image.mode in ("L", "RGB") else image.convert("RGB")
    return None


def _turn(image: "Image", file: Any) -> "Image":
    """Rotates the map as the picture is rotated, by the picture's EXIF."""
    from PIL import Image, ImageOps

    turned, exif = image.copy(), Image.Exif()
    exif[EXIF_ORIENTATION] = file.get("orientation") if "orientation" in file.get_fields() else 1
    turned.info["exif"] = exif.tobytes()
    return ImageOps.exif_transpose(turned)


def insert(data: bytes, gain_map: GainMap, quality: int) -> bytes:
    """Adds a map to a JPEG without one. `quality` is jpegli's own."""
    image = jpegli.encode(gain_map.image, max(quality, LEAST_QUALITY), full_chroma=True)
    return _join(data, image[:2] + b"".join(_write_profile(gain_map.profile)) + image[2:], gain_map)


def _join(data: bytes, image: bytes, gain_map: GainMap) -> bytes:
    """Joins a picture and a map, both JPEGs, with the index and the segments that describe both."""
    behind = image[:2] + write_segment(APP2, ISO + VERSION + _pack_numbers(gain_map)) + image[2:]
    at, declaration = _end_of_head(data), write_segment(APP2, ISO + VERSION)
    size = len(data) + len(declaration) + len(_index(0, 0, 0))
    origin = at + len(declaration) + SEGMENT_HEAD + len(MULTI_PICTURE)
    return b"".join((data[:at], declaration, _index(size, size - origin, len(behind)), data[at:], behind))


def _end_of_head(data: bytes) -> int:
    """Returns the offset behind JFIF and EXIF, which have to come first."""
    at = 2
    for marker, part in read_segments(data):
        if not APP0 <= marker <= APP2:
            break
        at += len(part)
    return at


def _write_profile(profile: bytes) -> list[bytes]:
    """Returns the profile's segments, each with its number and their count (ICC.1, B.4)."""
    starts = range(0, len(profile), LONGEST_METADATA)
    parts = [profile[start : start + LONGEST_METADATA] for start in starts]
    count = len(parts)
    return [write_segment(APP2, COLOR_PROFILE + bytes((at, count)) + part) for at, part in enumerate(parts, 1)]


def _pack_numbers(gain_map: GainMap) -> bytes:
    """Packs flags, both headrooms, and for each channel the map's range, gamma and offsets (annex C.2.2)."""
    channels = (gain_map.least, gain_map.most, gain_map.gamma, gain_map.base_offset, gain_map.alternate_offset)
    rows = [*zip(*channels, strict=True)]
    is_same = len(set(rows)) == 1
    flags = (0 if is_same else SEVERAL_CHANNELS) | (BASE_COLORS if gain_map.in_base_colors else 0)
    values = [
        gain_map.least_headroom,
        gain_map.most_headroom,
        *(value for row in rows[: 1 if is_same else 3] for value in row),
    ]
    return bytes((flags,)) + b"".join(map(_pack_fraction, values))


def _pack_fraction(value: float) -> bytes:
    fraction = Fraction(value).limit_denominator(DENOMINATOR)
    return struct.pack(">iI", fraction.numerator, fraction.denominator)


def _index(picture_bytes: int, map_offset: int, map_bytes: int) -> bytes:
    """Returns the index. Offsets count from its header, behind its name (DC-007, 5.2.3.3.3); the first one is 0."""
    entries = struct.pack(">IIIHHIIIHH", PRIMARY, picture_bytes, 0, 0, 0, OF_NO_KIND, map_bytes, map_offset, 0, 0)
    tags = struct.pack(
        ">H HHI4s HHII HHII I", 3, 0xB000, 7, 4, b"0100", 0xB001, 4, 1, 2, 0xB002, 7, len(entries), 50, 0
    )
    return write_segment(APP2, MULTI_PICTURE + b"MM\0\x2a\0\0\0\x08" + tags + entries)
