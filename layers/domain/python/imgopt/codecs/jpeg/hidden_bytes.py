"""Detects hidden bytes behind the last pixels of a JPEG's scans, where no decoder looks.

libjpeg skips them with a warning, which libvips raises as an error. Behind the last scan it only warns where more scans
may follow: where the frame header has components without a scan.
"""

from imgopt.codecs.jpeg.completeness import SHRUNK
from imgopt.codecs.jpeg.segments import FRAMES, read_segments
from imgopt.codecs.shared import vips

PASSED_OVER = "extraneous bytes"
# Numbers of components, and how many can be added: libvips supports frames of three and of four.
ADDED = {1: 2, 3: 1}
# Bytes of a frame header before its components, and of each component (ITU T.81, B.2.2).
COMPONENTS_AT, COMPONENT_BYTES = 9, 3
ONE_SAMPLE = 0x11
# The shorter side in pixels from which libvips may decode an eighth of it.
LEAST_SHRUNK = 64


def trim(data: bytes) -> bytes | None:
    """Returns the file; None where there are hidden bytes.

    Not detected are up to seven bytes behind a scan, which libjpeg has read ahead, and bytes behind the only scan of a
    CMYK image.
    """
    library, awaiting = vips.library(), _await_more(data)
    try:
        whole = library.Image.jpegload_buffer(awaiting)
        shrink = SHRUNK if min(whole.width, whole.height) >= LEAST_SHRUNK else 1
        library.Image.jpegload_buffer(awaiting, fail_on="warning", access="sequential", shrink=shrink).avg()
    except library.Error as error:
        return None if PASSED_OVER in str(error) else data
    return data


def _await_more(data: bytes) -> bytes:
    """Returns the same scans with an additional component in the frame header."""
    parts = (_add_components(part) if marker in FRAMES else part for marker, part in read_segments(data))
    return b"\xff\xd8" + b"".join(parts)


def _add_components(frame: bytes) -> bytes:
    count = frame[COMPONENTS_AT]
    known = frame[COMPONENTS_AT + 1 :: COMPONENT_BYTES][:count]
    free = [number for number in range(256) if number not in known][: ADDED.get(count, 0)]
    added = b"".join(bytes((number, ONE_SAMPLE, 0)) for number in free)
    length = (int.from_bytes(frame[2:4]) + len(added)).to_bytes(2)
    return (
        frame[:2] + length + frame[4:COMPONENTS_AT] + bytes((count + len(free),)) + frame[COMPONENTS_AT + 1 :] + added
    )
