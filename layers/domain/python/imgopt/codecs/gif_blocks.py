"""A GIF's blocks (GIF89a specification), walked without decoding a pixel."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from imgopt.codecs.timing import Timing, add_up
from imgopt.errors import InvalidImage

EXTENSION, IMAGE, TRAILER, GRAPHIC_CONTROL = 0x21, 0x2C, 0x3B, 0xF9
COMMENT, APPLICATION, LOOPS = 0xFE, 0xFF, (b"NETSCAPE2.0", b"ANIMEXTS1.0")
TO_BACKGROUND, TO_PREVIOUS = 2, 3


def scan(file: BinaryIO, *, max_frames: int) -> Timing:
    """Counts frames and how long they are shown.

    Raises InvalidImage where a block is cut off, TooLarge at more than `max_frames` frames.
    """
    timing = add_up(read_delays(file), max_frames=max_frames)
    if not timing.frames:
        raise InvalidImage("The GIF file holds no image.")
    return timing


def read_delays(file: BinaryIO) -> Iterator[int]:
    """Each frame's delay in milliseconds, as the file has it."""
    _skip_screen(file)
    delay = 0
    while (introducer := file.read(1)) and introducer[0] != TRAILER:
        if introducer[0] == EXTENSION:
            delay = _read_extension(file, delay)
        elif introducer[0] == IMAGE:
            _skip_image(file)
            yield delay * 10
            delay = 0
        else:
            raise InvalidImage("The GIF file is damaged.")


def mend_first_disposal(data: bytes) -> bytes:
    """The same animation where the first frame asks for what was before it: that is nothing, so it is cleared.

    gifsicle takes it as a wish to leave the frame.
    """
    file = BytesIO(data)
    _skip_screen(file)
    while (introducer := file.read(1)) and introducer[0] == EXTENSION:
        flags = file.tell() + 2
        if _read(file, 1)[0] == GRAPHIC_CONTROL and data[flags] >> 2 & 7 == TO_PREVIOUS:
            return data[:flags] + bytes((data[flags] & ~(7 << 2) | TO_BACKGROUND << 2,)) + data[flags + 1 :]
        _skip_blocks(file)
    return data


def strip(data: bytes) -> bytes:
    """The same animation without comments and XMP, and without what follows its end."""
    file, kept = BytesIO(data), []
    _skip_screen(file)
    kept.append(data[: file.tell()])
    while (introducer := file.read(1)) and introducer[0] != TRAILER:
        start = file.tell() - 1
        if introducer[0] == EXTENSION:
            told = _skip_labelled(file)
        elif introducer[0] == IMAGE:
            told = False
            _skip_image(file)
        else:
            raise InvalidImage("The GIF file is damaged.")
        kept += [] if told else [data[start : file.tell()]]
    return b"".join(kept) + bytes((TRAILER,))


def _skip_labelled(file: BinaryIO) -> bool:
    """Passes over an extension; whether it only tells something: all but timing, loops and text to be drawn."""
    label = _read(file, 1)[0]
    first = _skip_blocks(file)
    return label == COMMENT or (label == APPLICATION and first not in LOOPS)


def _skip_screen(file: BinaryIO) -> None:
    file.seek(10)
    _skip_palette(file, _read(file, 3)[0])


def _skip_image(file: BinaryIO) -> None:
    _skip_palette(file, _read(file, 9)[8])
    _read(file, 1)
    _skip_blocks(file)


def _skip_palette(file: BinaryIO, flags: int) -> None:
    if flags & 0x80:
        _read(file, 3 << ((flags & 7) + 1))


def _read_extension(file: BinaryIO, delay: int) -> int:
    """The delay that a graphic control extension sets, the one before it for any other."""
    label = _read(file, 1)[0]
    first = _skip_blocks(file)
    return int.from_bytes(first[1:3], "little") if label == GRAPHIC_CONTROL else delay


def _skip_blocks(file: BinaryIO) -> bytes:
    """Passes over sub-blocks up to the empty one; returns the first."""
    first = block = _read(file, _read(file, 1)[0])
    while block:
        block = _read(file, _read(file, 1)[0])
    return first


def _read(file: BinaryIO, count: int) -> bytes:
    data = file.read(count)
    if len(data) < count:
        raise InvalidImage("The GIF file is truncated.")
    return data
