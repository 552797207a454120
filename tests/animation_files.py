"""Writes GIF and APNG files of a few pixels, block by block, with exactly the wanted contents."""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass

Color = tuple[int, ...]
Box = tuple[int, int, int, int]


@dataclass(frozen=True)
class Graphic:
    """A picture of a GIF: numbers into its palette, row by row, at left, top, width and height."""

    box: Box
    numbers: Sequence[int]
    disposal: int = 0
    transparent: int | None = None
    palette: Sequence[Color] = ()
    delay: int = 10
    interlaced: bool = False
    codes: bytes | None = None

    def block(self) -> bytes:
        flags = self.disposal << 2 | (self.transparent is not None)
        control = b"\x21\xf9\x04" + struct.pack("<BHBB", flags, self.delay, self.transparent or 0, 0)
        packed = (0x40 if self.interlaced else 0) | (palette_flags(self.palette) if self.palette else 0)
        picture = b"\x2c" + struct.pack("<4HB", *self.box, packed) + flat(self.palette)
        return control + picture + (lzw(self.stored()) if self.codes is None else self.codes)

    def stored(self) -> list[int]:
        """The pixels in the order of the file: interlaced rows in four passes (GIF89a, appendix E)."""
        width, height = self.box[2:]
        passes = ((0, 8), (4, 8), (2, 4), (1, 2)) if self.interlaced else ((0, 1),)
        rows = [row for start, step in passes for row in range(start, height, step)]
        return [number for row in rows for number in self.numbers[row * width : (row + 1) * width]]


def gif(size: tuple[int, int], palette: Sequence[Color], *graphics: Graphic, background: int = 0) -> bytes:
    flags = palette_flags(palette) if palette else 0
    screen = b"GIF89a" + struct.pack("<2H3B", *size, flags, background, 0) + flat(palette)
    return screen + b"".join(graphic.block() for graphic in graphics) + b";"


def palette_flags(palette: Sequence[Color]) -> int:
    """Palettes have 2, 4, 8 ... colours."""
    return 0x80 | (len(palette) - 1).bit_length() - 1


def flat(colors: Sequence[Color]) -> bytes:
    return bytes(value for color in colors for value in color)


def lzw(numbers: Sequence[int], *, code_size: int = 3) -> bytes:
    """A clear code before each number, so that codes stay as long as they are."""
    clear, length = 1 << code_size, code_size + 1
    codes = [code for number in numbers for code in (clear, number)] + [clear + 1]
    bits = sum(code << length * place for place, code in enumerate(codes))
    data = bits.to_bytes(-(-length * len(codes) // 8), "little")
    blocks = [data[start : start + 255] for start in range(0, len(data), 255)]
    return bytes((code_size,)) + b"".join(bytes((len(block),)) + block for block in blocks) + b"\0"


NONE, BACKGROUND, PREVIOUS = 0, 1, 2
SOURCE, OVER = 0, 1
GREY, RGB, INDEXED, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6


@dataclass(frozen=True)
class ApngFrame:
    """Samples as they stand in the file, row by row, at left, top, width and height."""

    box: Box
    samples: bytes
    disposal: int = NONE
    blend: int = SOURCE
    delay: int = 100

    def control(self, number: int) -> bytes:
        left, top, width, height = self.box
        fields = (number, width, height, left, top, self.delay, 1000, self.disposal, self.blend)
        return chunk(b"fcTL", struct.pack(">5I2H2B", *fields))

    def packed(self) -> bytes:
        height = self.box[3]
        row = len(self.samples) // height
        return zlib.compress(b"".join(b"\0" + self.samples[row * y : row * (y + 1)] for y in range(height)))


@dataclass(frozen=True)
class Sheet:
    """What an APNG states about all its frames. `hidden` are the samples of a picture that is not a frame."""

    size: tuple[int, int]
    color_type: int = RGBA
    depth: int = 8
    chunks: bytes = b""
    hidden: bytes | None = None
    plays: int = 0

    def apng(self, *frames: ApngFrame) -> bytes:
        header = struct.pack(">2I5B", *self.size, self.depth, self.color_type, 0, 0, 0)
        control = chunk(b"acTL", struct.pack(">2I", len(frames), self.plays))
        body, number = b"", 0
        if self.hidden is not None:
            body += chunk(b"IDAT", ApngFrame((0, 0, *self.size), self.hidden).packed())
        for frame in frames:
            body += frame.control(number)
            number += 1
            if number == 1 and self.hidden is None:
                body += chunk(b"IDAT", frame.packed())
            else:
                body += chunk(b"fdAT", number.to_bytes(4) + frame.packed())
                number += 1
        return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + control + self.chunks + body + chunk(b"IEND", b"")


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + zlib.crc32(kind + data).to_bytes(4)
