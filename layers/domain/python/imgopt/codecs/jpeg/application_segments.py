"""The application segments of a JPEG: removing and inserting them."""

from collections.abc import Iterator
from dataclasses import dataclass

from imgopt.codecs.jpeg.segments import END, EXIF, FRAMES, SCAN, WITHOUT_LENGTH, read_segments
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.shared.iptc import to_photoshop
from imgopt.codecs.shared.matrix_profile import has_stated_size
from imgopt.codecs.shared.metadata import state_size

APP0, APP1, APP2, APP13, APP14 = 0xE0, 0xE1, 0xE2, 0xED, 0xEE
JFIF, ADOBE = b"JFIF\0", b"Adobe"
# Version, flags and transform (Adobe Technical Note 5116, 18). Further bytes can be anything.
ADOBE_BYTES = 12
XMP, COLOR_PROFILE = b"http://ns.adobe.com/xap/1.0/\0", b"ICC_PROFILE\0"
# The largest metadata that fit one segment, with its name, and what EXIF is completed by.
LONGEST_METADATA = 65_000
# Frames, tables, restarts and scans (ITU T.81, table B.1). C8 and F0 to FD are reserved.
CODING = FRAMES | {0xC4, 0xCC, SCAN, END, *range(0xDB, 0xE0)}
# ITU T.871, 10.1: version, units, horizontal and vertical density, and an empty thumbnail. Without a unit, densities
# are only the aspect ratio of a pixel.
JFIF_VERSION, UNKNOWN_DENSITY, PER_INCH, LARGEST_DENSITY = b"\1\2", b"\0\0\1\0\1", 1, 0xFFFF
# The offset of the version in a file that begins with JFIF.
VERSION_AT = 11
# Decoders treat components with these names as red, green and blue, unless there is a JFIF segment.
RGB = b"RGB"


@dataclass(frozen=True)
class FrameHeader:
    """A frame header (ITU T.81, B.2.2): size in pixels, and identifiers of the components."""

    width: int
    height: int
    components: bytes = b""


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """Returns the same pixels with only these metadata: without thumbnails, comments, and bytes behind the end.

    The colour profile and Adobe's transform are kept, because pixels depend on them. A file without anything else is
    returned unchanged. Returns None where a profile's segments contain other data.
    """
    segments = list(read_segments(data))
    if not has_stated_size(_read_profile(segments)):
        return None
    frame = next(_read_frame(part) for marker, part in segments if marker in FRAMES)
    pixels = b"".join(_needed_part(marker, part) for marker, part in segments if _shapes_pixels(marker, part))
    cleaned = b"\xff\xd8" + _jfif(segments, frame, kept.dpi) + b"".join(_write(kept, frame)) + pixels
    before, behind = slice(VERSION_AT), slice(VERSION_AT + len(JFIF_VERSION), None)
    return data if (cleaned[before], cleaned[behind]) == (data[before], data[behind]) else cleaned


def insert(data: bytes, metadata: Metadata, width: int, height: int) -> bytes:
    """Adds metadata to a grey or YCbCr image without application segments."""
    parts = _write(metadata, FrameHeader(width, height))
    return b"\xff\xd8" + _write_jfif(UNKNOWN_DENSITY, metadata.dpi) + b"".join(parts) + data[2:]


def _read_frame(part: bytes) -> FrameHeader:
    height, width = int.from_bytes(part[5:7]), int.from_bytes(part[7:9])
    return FrameHeader(width, height, part[10 : 10 + 3 * part[9] : 3])


def _read_profile(segments: list[tuple[int, bytes]]) -> bytes:
    """Joins the profile's segments, each of which has its number and their count (ICC.1:2022, B.4)."""
    start = 4 + len(COLOR_PROFILE)
    parts = [part[start:] for marker, part in segments if marker == APP2 and part[4:].startswith(COLOR_PROFILE)]
    return b"".join(part[2:] for part in sorted(parts, key=lambda part: part[:1]))


def _shapes_pixels(marker: int, part: bytes) -> bool:
    if marker == APP2:
        return part[4:].startswith(COLOR_PROFILE)
    if marker == APP14:
        return part[4:].startswith(ADOBE)
    return marker in CODING or marker in WITHOUT_LENGTH


def _needed_part(marker: int, part: bytes) -> bytes:
    return write_segment(APP14, part[4 : 4 + ADOBE_BYTES]) if marker == APP14 else part


def _jfif(segments: list[tuple[int, bytes]], frame: FrameHeader, dpi: int | None) -> bytes:
    """Returns the file's own JFIF segment without a thumbnail, else one with `dpi`; b"" where it would change the
    colours.
    """
    known = [part[11:16] for marker, part in segments if marker == APP0 and part[4:].startswith(JFIF)]
    if not known and not _may_be_jfif(segments, frame):
        return b""
    return _write_jfif(known[0] if known else UNKNOWN_DENSITY, dpi)


def _write_jfif(stated: bytes, dpi: int | None) -> bytes:
    if dpi and dpi <= LARGEST_DENSITY and stated == UNKNOWN_DENSITY:
        stated = bytes((PER_INCH,)) + dpi.to_bytes(2) * 2
    return write_segment(APP0, JFIF + JFIF_VERSION + stated + b"\0\0")


def _may_be_jfif(segments: list[tuple[int, bytes]], frame: FrameHeader) -> bool:
    """Returns whether a JFIF segment may be added: for grey or YCbCr without Adobe's segment."""
    has_adobe = any(marker == APP14 and part[4:].startswith(ADOBE) for marker, part in segments)
    return len(frame.components) in (1, 3) and frame.components != RGB and not has_adobe


def _write(kept: Metadata, frame: FrameHeader) -> Iterator[bytes]:
    """Yields segments. Metadata that don't fit one segment are left out, because few readers support more."""
    fits = {kind: data for kind, data in kept.by_kind.items() if len(data) <= LONGEST_METADATA}
    if exif := fits.get("EXIF"):
        yield write_segment(APP1, EXIF + state_size(exif, frame.width, frame.height))
    if packet := fits.get("XMP"):
        yield write_segment(APP1, XMP + packet)
    if datasets := fits.get("IPTC"):
        yield write_segment(APP13, to_photoshop(datasets))


def write_segment(marker: int, content: bytes) -> bytes:
    return bytes((0xFF, marker)) + (len(content) + 2).to_bytes(2) + content
