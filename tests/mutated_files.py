"""Damaged, contradictory and mixed files. Equal random numbers give equal files."""

import random
import struct
import zlib
from collections.abc import Callable
from io import BytesIO

from PIL import Image

from imgopt.codecs.format import Limits
from imgopt.codecs.header import read_header
from imgopt.codecs.jpeg import gain_map
from imgopt.codecs.shared.gain_map import GainMap
from imgopt.imaging.artifact import ArtifactFile
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import check_image
from tests import bitmaps, inputs, png_samples

LIMITS = Limits(pixels=2_000_000, frames=50, animation_pixels=4_000_000)
EDGES = (b"\0", b"\xff", b"\x7f", b"\x80", b"\0\0", b"\xff\xff", b"\x7f\xff\xff\xff", b"\xff\xff\xff\xff", bytes(4))
PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
OUTPUTS = ("original", "jpg", "png", "webp", "avif", "jxl", "gif", "ico")
# Drawing and tracing happen in a process of their own, which takes a while to start.
RARE_SOURCE, RARE_OUTPUT = 0.5, 0.01

FIELDS_OF_4_BITS = (0xF00, 0xF0, 0xF, 0xF000)
# What is read by code of ours alone, beside what every test of formats has.
ODD = {
    "bmp fields": bitmaps.bmp(
        bitmaps.header(bitmaps.V4, 8, 4, 16, bitmaps.FIELDS, masks=FIELDS_OF_4_BITS), b"", bytes(range(64))
    ),
    "bmp steps": bitmaps.bmp(
        bitmaps.header(bitmaps.INFO, 8, 3, 4, bitmaps.RLE4),
        bytes(range(64)),
        b"\5\x12\0\2\1\0\1\x30\0\0\0\5\x12\x34\x50\0\0\1",
    ),
    "ico depths": bitmaps.icon(
        (8, 8, bitmaps.icon_bitmap(1, [[0, 1] * 4] * 8, [(9, 9, 9), (250, 9, 9)])),
        (8, 8, bitmaps.icon_bitmap(32, [[0x80FF8000] * 8] * 8, mask=b"")),
    ),
    "jpg gain map": gain_map.insert(
        inputs.data_of("jpg"),
        GainMap(Image.new("L", (8, 8)), *[(0.0,) * 3, (2.0,) * 3, (1.0,) * 3, (0.0,) * 3, (0.0,) * 3], 0.0, 2.0),
        90,
    ),
    "png keyed": png_samples.write(
        [[(x, x, x) for x in range(9)]] * 4, 16, png_samples.RGB, png_samples.chunk(b"tRNS", b"\0\3" * 3)
    ),
}

NAMES = sorted({*inputs.MAKERS, *ODD})
Mutation = Callable[[bytes, random.Random], bytes]


def numbered(seed: int, index: int) -> tuple[bytes, ProcessingSettings]:
    rolled = random.Random(f"{seed} {index}")
    return mutated_file(rolled), settings(rolled)


def mutated_file(rolled: random.Random) -> bytes:
    data = pick_source(rolled)
    for _ in range(rolled.choice((1, 1, 2, 4))):
        data = rolled.choice(MUTATIONS)(data, rolled)
    return with_checksums(data) if data.startswith(PNG_SIGNATURE) and rolled.random() < 0.7 else data


def pick_source(rolled: random.Random) -> bytes:
    name = pick_name(rolled)
    return ODD.get(name) or inputs.data_of(name)


def pick_name(rolled: random.Random) -> str:
    name = rolled.choice(NAMES)
    return rolled.choice(NAMES) if name == "svg" and rolled.random() >= RARE_SOURCE else name


def settings(rolled: random.Random) -> ProcessingSettings:
    sides = (None, None, 1, 7, 40, 300)
    return ProcessingSettings(
        output_format="svg" if rolled.random() < RARE_OUTPUT else rolled.choice(OUTPUTS),
        output_width=rolled.choice(sides),
        output_height=rolled.choice(sides),
        output_resize_behavior=rolled.choice(("pad", "crop")),
        output_quality=rolled.choice((1, 30, 80, 97, 100)),
        output_file_size_limit=rolled.choice((None, None, 1, 500, 5000)),
        gif_frame_limit=rolled.choice((None, None, 1, 3)),
        keep_animation=rolled.random() < 0.5,
        keep_metadata=rolled.choice(("none", "copyright", "all")),
    )


def attempt(data: bytes, options: ProcessingSettings) -> ArtifactFile:
    """Does with a file what an upload and a job do. The result must be readable in turn."""
    header = read_header(BytesIO(data), LIMITS)
    check_image(header, options)
    made = optimize(data, header, options)
    found, told = read_header(BytesIO(made.data), LIMITS), made.artifact
    if (found.format, found.width, found.height) != (told.format, told.width, told.height):
        raise AssertionError(f"{found} is not {told.format} {told.width} x {told.height}")
    return made


def flip_bits(data: bytes, rolled: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(rolled.choice((1, 2, 8, 32))):
        if changed:
            changed[rolled.randrange(len(changed))] ^= 1 << rolled.randrange(8)
    return bytes(changed)


def truncate(data: bytes, rolled: random.Random) -> bytes:
    return data[: rolled.randrange(len(data) + 1)]


def overwrite(data: bytes, rolled: random.Random) -> bytes:
    """An extreme number in place of another, mostly where headers are."""
    edge = rolled.choice(EDGES)
    at = rolled.randrange(max(1, min(len(data), rolled.choice((32, 128, len(data) or 1)))))
    return data[:at] + edge + data[at + len(edge) :]


def adjust(data: bytes, rolled: random.Random) -> bytes:
    """A number of one, two or four bytes a little larger or smaller."""
    width = rolled.choice((1, 2, 4))
    at, order = rolled.randrange(max(1, len(data))), rolled.choice(("big", "little"))
    number = int.from_bytes(data[at : at + width], order) + rolled.choice((-8, -1, 1, 8, 256))
    return data[:at] + (number % 256**width).to_bytes(width, order) + data[at + width :]


def cut(data: bytes, rolled: random.Random) -> bytes:
    start, end = slice_of(data, rolled)
    return data[:start] + data[end:]


def repeat(data: bytes, rolled: random.Random) -> bytes:
    start, end = slice_of(data, rolled)
    return data[:end] + data[start:end] * rolled.choice((1, 2, 20)) + data[end:]


def swap(data: bytes, rolled: random.Random) -> bytes:
    a, b, c, d = sorted(rolled.randrange(len(data) + 1) for _ in range(4))
    return data[:a] + data[c:d] + data[b:c] + data[a:b] + data[d:]


def splice(data: bytes, rolled: random.Random) -> bytes:
    other = pick_source(rolled)
    return data[: rolled.randrange(len(data) + 1)] + other[rolled.randrange(len(other)) :]


def embed(data: bytes, rolled: random.Random) -> bytes:
    other, at = pick_source(rolled), rolled.randrange(len(data) + 1)
    return data[:at] + other + data[at:]


def slice_of(data: bytes, rolled: random.Random) -> tuple[int, int]:
    start = rolled.randrange(len(data) + 1)
    return start, min(len(data), start + rolled.choice((1, 4, 16, 64, 256)))


MUTATIONS: tuple[Mutation, ...] = (flip_bits, truncate, overwrite, overwrite, adjust, cut, repeat, swap, splice, embed)


def with_checksums(png: bytes) -> bytes:
    """Right checksums on what the mutation left of the chunks: else every PNG would be refused at the first."""
    parts, position = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    while position + 8 <= len(png):
        length = struct.unpack_from(">I", png, position)[0]
        body = png[position + 4 : position + 8 + length]
        parts.append(png[position : position + 4] + body + struct.pack(">I", zlib.crc32(body)))
        position += 12 + length
    return b"".join(parts)
