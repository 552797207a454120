"""Whether a JPEG's scans hold bytes behind their last pixels, where no decoder looks.

libjpeg passes over them, with a warning that to libvips is an error. It sees what stands behind the last scan only
where more scans could come: where the frame's header has components that no scan has had.
"""

from imgopt.codecs.jpeg.segments import FRAMES, read_segments
from imgopt.codecs.jpeg.wholeness import SHRUNK
from imgopt.codecs.shared import vips

PASSED_OVER = "extraneous bytes"
# To which others can be added: libvips takes frames of three components and of four.
ADDED = {1: 2, 3: 1}
# Of a frame's header, before and of its components (ITU T.81, B.2.2).
COMPONENTS_AT, COMPONENT_BYTES = 9, 3
ONE_SAMPLE = 0x11
# Pixels of the shorter side, from which on libvips may decode an eighth of it.
LEAST_SHRUNK = 64


def trim(data: bytes) -> bytes | None:
    """The same file; None where there are such bytes.

    Up to seven behind a scan, which libjpeg has read ahead, aren't seen, nor those behind the only scan of four inks.
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
    """The same scans of a frame with a component more than they have."""
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
