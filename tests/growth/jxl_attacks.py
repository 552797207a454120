"""JPEG XL files of a wanted length in bytes that would make a reader slow."""

from imgopt.codecs.jxl import animation_writer, libjxl
from imgopt.codecs.jxl.container import CONTAINER, TYPE, read_file
from imgopt.codecs.jxl.entropy import NumberStream
from imgopt.codecs.jxl.frames import find_head_end, read_frames
from imgopt.codecs.jxl.image_header import JxlImage, read_image_header
from imgopt.codecs.jxl.low_bits import LowBitsReader, LowBitsWriter
from imgopt.codecs.shared.animation import Animation
from imgopt.errors import InvalidImage
from tests import pictures, profiles

MOST_FRAMES = 100


def box(kind: bytes, content: bytes = b"") -> bytes:
    return (8 + len(content)).to_bytes(4) + kind + content


def boxes(size: int) -> bytes:
    return CONTAINER + TYPE + box(b"free") * (size // 8) + box(b"jxlc", libjxl.encode(pictures.draw(), 100, 1))


def parts(size: int) -> bytes:
    """Each of a byte, the last first."""
    count = min(size // 13, 8000)
    numbered = (box(b"jxlp", number.to_bytes(4) + b"\xff") for number in reversed(range(count)))
    return CONTAINER + TYPE + b"".join(numbered) + bytes(size)


def frames(size: int) -> bytes:
    """Many frames that one number stores, drawn on each other."""
    two = pictures.draw(), pictures.draw().rotate(180)
    data = animation_writer.encode_animation(Animation(two, (20, 20)), 100).data
    first, last = read_frames(data, read_image_header(data))
    return data[: first.end] + data[first.start : first.end] * (size // (first.end - first.start)) + data[last.start :]


def profile(size: int) -> tuple[bytes, JxlImage]:
    """A codestream and its header: a profile with tables of so many bytes."""
    known = profiles.srgb()
    long = (len(known) + size).to_bytes(4) + known[4:] + bytes(at * 7 % 251 for at in range(size))
    codestream = read_file(libjxl.pack_jpeg(pictures.jpeg(icc_profile=long))).codestream
    return codestream, read_image_header(codestream)


def read_profile(made: tuple[bytes, JxlImage]) -> object:
    return find_head_end(*made)


def numbers(size: int) -> bytes:
    """0 and 1 by a prefix code of a bit each; no repeats, no clusters, nothing behind a symbol."""
    writer = LowBitsWriter()
    for value, count in ((0, 1), (1, 1), (15, 4), (1, 1), (0, 4), (1, 2), (1, 2), (0b10, 2)):
        writer.write(value, count)
    return writer.to_bytes() + bytes(at % 256 for at in range(size // 16))


def evenly(size: int) -> bytes:
    """A distribution of 32 symbols with equal frequencies."""
    writer = LowBitsWriter()
    for value, count in ((0, 1), (0, 1), (0, 2), (5, 3), (0b10, 2), (1, 1), (4, 3), (15, 4)):
        writer.write(value, count)
    return writer.to_bytes() + bytes(at * 7 % 256 for at in range(size // 16))


def read_numbers(data: bytes) -> int:
    stream, count = NumberStream(LowBitsReader(data), 1), 0
    try:
        while True:
            count += stream.read(0) < 32
    except InvalidImage:
        return count
