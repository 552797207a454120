"""Parses the blocks of a GIF (GIF89a specification) without decoding pixels."""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import BinaryIO

from imgopt.codecs.shared.timing import Timing, add_up
from imgopt.errors import InvalidImage

EXTENSION, IMAGE, TRAILER, GRAPHIC_CONTROL = 0x21, 0x2C, 0x3B, 0xF9
PICTURE = -1
COMMENT, APPLICATION, LOOPS = 0xFE, 0xFF, (b"NETSCAPE2.0", b"ANIMEXTS1.0")
XMP, XMP_TRAILER = b"XMP DataXMP", b"\1\xff\xfe\xfd"
CONTROL_BYTES = 4
COUNTED, FOREVER = b"\3\1", 0
TO_BACKGROUND, TO_PREVIOUS, ALSO_TO_PREVIOUS = 2, 3, 4
# A file of 50 MB has 200,000 sub-blocks of the usual 255 bytes; few programs write more than three blocks per frame.
MOST_BLOCKS, MOST_SUB_BLOCKS = 65_536, 1_000_000
# One transparent pixel of a palette of two; the codes are clear, 0 and end, of three bits each.
EMPTY_FRAME = b"\x21\xf9\4\1\0\0\0\0" + b"\x2c" + bytes(4) + b"\1\0\1\0\x80" + bytes(6) + b"\2\2\x44\1\0"
TOO_MANY = "The GIF file is damaged: it has too many blocks."


def scan(file: BinaryIO, *, max_frames: int) -> Timing:
    """Counts frames and their durations.

    Raises InvalidImage where a block is truncated, TooLarge for more than `max_frames` frames.
    """
    timing = add_up(read_delays(file), max_frames=max_frames)
    if not timing.frames:
        raise InvalidImage("The GIF file contains no image.")
    return timing


def read_size(file: BinaryIO) -> tuple[int, int]:
    """Returns width and height of the screen, which is enlarged to contain the first frame."""
    blocks = Blocks(_all_of(file))
    width, height = blocks.screen
    for kind, start in blocks.walk():
        if kind == PICTURE:
            left, top, across, down = (blocks.number(start + at) for at in (1, 3, 5, 7))
            return max(width, left + across), max(height, top + down)
    return width, height


def read_delays(file: BinaryIO) -> Iterator[int]:
    """Yields each frame's delay in milliseconds, as in the file."""
    blocks, delay = Blocks(_all_of(file)), 0
    for kind, start in blocks.walk():
        if kind == GRAPHIC_CONTROL:
            delay = blocks.number(start + 4) if blocks.data[start + 2] >= 3 else 0
        elif kind == PICTURE:
            yield delay * 10
            delay = 0


def read_plays(data: bytes) -> int:
    """Returns how often the animation is played, 0 for endlessly. The last block that says so counts repetitions."""
    plays = 1
    for kind, start in Blocks(data).walk():
        name, content = data[start + 3 : start + 14], data[start + 14 : start + 18]
        if kind == APPLICATION and name in LOOPS and content[:2] == COUNTED:
            repetitions = int.from_bytes(content[2:], "little")
            plays = repetitions + 1 if repetitions else FOREVER
    return plays


def read_xmp(data: bytes) -> bytes:
    """Returns the XMP packet, which is not divided into sub-blocks; a trailer leads block parsers to its end (XMP, part
    3).
    """
    if XMP not in data:
        return b""
    blocks = Blocks(data)
    packets = (data[start + 14 : blocks.position] for kind, start in blocks.walk() if _is_xmp(data, kind, start))
    return next(packets, b"").partition(XMP_TRAILER)[0]


def _is_xmp(data: bytes, kind: int, start: int) -> bool:
    return kind == APPLICATION and data[start + 3 : start + 14] == XMP


def mend_disposals(data: bytes) -> bytes:
    """Returns the animation with disposals that gifsicle understands: it takes 4, an alias of "previous", for "keep".

    A first frame with "previous" is changed to "clear", because there is nothing before it: gifsicle would keep it.
    """
    mended, is_first = bytearray(data), True
    for kind, start in Blocks(data).walk():
        is_first = is_first and kind != PICTURE
        flags = start + 3
        if kind == GRAPHIC_CONTROL and data[start + 2] and data[flags] >> 2 & 7 in (TO_PREVIOUS, ALSO_TO_PREVIOUS):
            mended[flags] = data[flags] & ~(7 << 2) | (TO_BACKGROUND if is_first else TO_PREVIOUS) << 2
    return bytes(mended)


def prepend_empty_frame(data: bytes) -> bytes:
    """Puts an empty frame before the animation.

    gifsicle treats undrawn pixels as transparent only where the first frame has a transparent colour.
    """
    sides = b"".join(side.to_bytes(2, "little") for side in read_size(BytesIO(data)))
    start = Blocks(data).position
    return data[:6] + sides + data[10:start] + EMPTY_FRAME + data[start:]


def strip(data: bytes) -> bytes:
    """Removes comments, XMP, text that browsers don't draw, and bytes behind the end."""
    return _without(data, _tells_something)


def _without(data: bytes, is_dropped: Callable[[int, bytes], bool]) -> bytes:
    """Removes extensions, by their label and their first sub-block."""
    blocks = Blocks(data)
    kept = [data[: blocks.position]]
    for kind, start in blocks.walk():
        first = data[start + 3 : start + 3 + data[start + 2]]
        if kind == PICTURE or not is_dropped(kind, first):
            kept.append(_needed_part(kind, data[start : blocks.position]))
    return b"".join(kept) + bytes((TRAILER,))


def _tells_something(kind: int, first: bytes) -> bool:
    """Returns whether an extension is something else than timing and loops (GIF89a, 23 and 26)."""
    return first not in LOOPS if kind == APPLICATION else kind != GRAPHIC_CONTROL


def _needed_part(kind: int, part: bytes) -> bytes:
    """Returns the specified part of an extension (GIF89a, 23), without extra bytes."""
    if kind == APPLICATION:
        return _count_alone(part)
    is_control = kind == GRAPHIC_CONTROL and part[2] >= CONTROL_BYTES
    return part[:2] + bytes((CONTROL_BYTES,)) + part[3 : 3 + CONTROL_BYTES] + b"\0" if is_control else part


def _count_alone(extension: bytes) -> bytes:
    """Returns a loop extension with only its count, because further sub-blocks can hold anything."""
    head, parts, at = extension[:14], list[bytes](), 14
    while at < len(extension) and (length := extension[at]):
        parts.append(extension[at : at + 1 + length])
        at += 1 + length
    return head + b"".join(part for part in parts if part[:2] == COUNTED and len(part) == 4) + b"\0"


def _all_of(file: BinaryIO) -> bytes:
    file.seek(0)
    return file.read()


class Blocks:
    """A parser. `position` is the start of the next block. Raises InvalidImage where a block is truncated."""

    def __init__(self, data: bytes) -> None:
        self.data, self.left = data, MOST_SUB_BLOCKS
        self.position = 10
        self._skip(3, palette_flags=0)

    @property
    def screen(self) -> tuple[int, int]:
        return self.number(6), self.number(8)

    def number(self, position: int) -> int:
        return int.from_bytes(self.data[position : position + 2], "little")

    def walk(self) -> Iterator[tuple[int, int]]:
        """Yields the label of each extension, or `PICTURE`, and the start of its block, up to the trailer or
        the end.
        """
        number = 0
        while self.position < len(self.data) and (introducer := self.data[self.position]) != TRAILER:
            start, number = self.position, number + 1
            if number > MOST_BLOCKS:
                raise InvalidImage(TOO_MANY)
            if introducer == EXTENSION:
                self._skip(2)
            elif introducer == IMAGE:
                self._skip(10, palette_flags=9)
                self._skip(1)
            else:
                raise InvalidImage("The GIF file is damaged.")
            self._skip_sub_blocks()
            yield PICTURE if introducer == IMAGE else self.data[start + 1], start

    def _skip(self, count: int, palette_flags: int | None = None) -> None:
        """Skips `count` bytes, and the palette that the flags in one of them declare."""
        start = self.position
        self.position += count
        if palette_flags is not None and self.position <= len(self.data):
            flags = self.data[start + palette_flags]
            self.position += 3 << ((flags & 7) + 1) if flags & 0x80 else 0
        if self.position > len(self.data):
            raise InvalidImage("The GIF file is truncated.")

    def _skip_sub_blocks(self) -> None:
        """Skips sub-blocks up to the empty one."""
        data, position = self.data, self.position
        for used in range(self.left):
            if position >= len(data):
                raise InvalidImage("The GIF file is truncated.")
            length = data[position]
            position += length + 1
            if not length:
                self.position, self.left = position, self.left - used
                return
        raise InvalidImage(TOO_MANY)
