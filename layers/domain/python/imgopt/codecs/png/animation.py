"""Animated PNG: composed by this service, encoded by Pillow, compressed by oxipng.

Frames are counted from the chunks (PNG specification, 3rd ed., 11.3.6).
"""

import struct
import sys
import zlib
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.png import chunks, codec, damage, reader
from imgopt.codecs.png.frames import UNREADABLE_FRAMES, Frame, FrameSequence, read_sequence
from imgopt.codecs.png.hidden_bytes import has_hidden_bytes
from imgopt.codecs.shared.animation import FOREVER, Animation, Transform, collect, sample_indexes
from imgopt.codecs.shared.color import normalize
from imgopt.codecs.shared.compositor import Patch, compose
from imgopt.codecs.shared.encoding import Encoding, Metadata
from imgopt.codecs.shared.metadata import WORDS
from imgopt.codecs.shared.timing import Timing, add_up
from imgopt.errors import InvalidImage
from imgopt.sandbox import budget

if TYPE_CHECKING:
    from PIL.Image import Image

SIGNATURE_BYTES = 8
FRAME_CONTROL_BYTES = 26
DEFAULT_DENOMINATOR = 100
# The time that oxipng's usual level takes for noise. The quickest level, for jobs without that time, takes an eighth.
SECONDS_PER_PIXEL, QUICKEST = 1.6e-6, 0
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error, zlib.error)
# Metadata of the whole picture, which weren't applied to single frames.
KNOWN_OF_ALL = ("exif", "xmp", "XML:com.adobe.xmp", *WORDS)


def open_image(data: bytes) -> "Image":
    """Opens what browsers show first: the first frame of an animation, even where a default image exists for other
    viewers.
    """
    sequence = read_sequence(data)
    if sequence.shows_default or not sequence.frames:
        return reader.open_image(data)
    return next(_draw_frames(sequence))


def clean(data: bytes, kept: Metadata) -> bytes | None:
    """Returns the same pixels with only these metadata. None where the file has hidden data, or is an animation of one
    frame with a different default image, of which other viewers would show nothing.
    """
    sequence = read_sequence(data)
    shows_other = len(sequence.frames) == 1 and not sequence.shows_default
    return None if shows_other or has_hidden_bytes(sequence) else reader.clean(data, kept)


def decode_animation(data: bytes, frame_limit: int | None = None, transform: "Transform | None" = None) -> Animation:
    """Decodes all frames; a still image has one. Raises InvalidImage where a frame can't be decoded.

    Frames are composed in sRGB and 8 bits.
    """
    try:
        sequence = read_sequence(data)
        if not sequence.frames:
            return collect([reader.open_image(data)], [0], [0], FOREVER, transform)
        durations = [frame.duration for frame in sequence.frames]
        indexes = sample_indexes(len(durations), frame_limit or len(durations))
        return collect(_draw_frames(sequence), indexes, durations, sequence.plays, transform)
    except UNREADABLE as error:
        raise InvalidImage(UNREADABLE_FRAMES) from error


def _draw_frames(sequence: FrameSequence) -> "Iterator[Image]":
    with reader.open_image(sequence.data) as whole:
        known = {name: whole.info[name] for name in KNOWN_OF_ALL if whole.info.get(name)}
    for canvas in compose(sequence.size, (_to_patch(sequence, frame) for frame in sequence.frames)):
        canvas.info.update(known)
        yield canvas


def _to_patch(sequence: FrameSequence, frame: Frame) -> Patch:
    with reader.open_image(sequence.to_png(frame)) as still:
        still.load()
        pixels = normalize(still)
    if pixels.mode in ("L", "LA"):
        pixels = pixels.convert("RGB" if pixels.mode == "L" else "RGBA")
    return Patch(pixels, frame.left, frame.top, frame.disposal, frame.blend)


def encode_animation(animation: Animation, quality: int) -> Encoding:
    """Encodes losslessly at every quality, because one palette for all frames would have too few colours."""
    out = BytesIO()
    write(animation, out)
    return repack(out.getvalue())


def write(animation: Animation, file: BinaryIO) -> None:
    """Writes every frame unchanged, with fast compression."""
    first, *others = animation.frames
    first.save(
        file,
        "PNG",
        save_all=True,
        append_images=others,
        duration=list(animation.durations),
        loop=animation.plays,
        compress_level=1,
    )


def rewrite(data: bytes, _quality: int, frame_limit: int | None) -> Encoding | None:
    """Compresses the same frames again. None where frames are left out, EXIF may rotate them, or the file has hidden
    data.
    """
    keeps_all = not frame_limit and not chunks.has_exif(data)
    return repack(data) if keeps_all and not has_hidden_bytes(read_sequence(data)) else None


def repack(data: bytes) -> Encoding:
    """Returns the same frames in fewer bytes, without metadata. Raises InvalidImage where a frame is damaged."""
    from oxipng import PngError

    try:
        level = None if budget.current().allows(_pixels(data) * SECONDS_PER_PIXEL) else QUICKEST
        return Encoding(codec.pack(chunks.strip(data), level=level), "oxipng", lossless=True)
    except PngError as error:
        raise InvalidImage("The PNG file is damaged and can't be decoded.") from error


def _pixels(data: bytes) -> int:
    """Returns the pixels of the canvas times the number of frames."""
    width, height = int.from_bytes(data[16:20]), int.from_bytes(data[20:24])
    return width * height * scan(BytesIO(data), max_frames=sys.maxsize).frames


def scan(file: BinaryIO, *, max_frames: int) -> Timing:
    """Counts frames and their durations; a still image has one frame.

    Raises InvalidImage where chunks are truncated or frames are missing, TooLarge for more than `max_frames`.
    """
    promised: list[int] = []
    timing = add_up(_read_delays(file, promised), max_frames=max_frames)
    if promised and timing.frames < promised[0]:
        raise InvalidImage("The PNG file contains fewer frames than its header says.")
    return timing if promised and timing.frames else Timing(1, 0)


def _read_delays(file: BinaryIO, promised: list[int]) -> Iterator[int]:
    """Yields each frame's delay in milliseconds. The declared number of frames is added to `promised`.

    A declaration behind the pixels doesn't count (11.3.6.1).
    """
    has_pixels = False
    for kind, data in _chunks(file):
        has_pixels = has_pixels or kind == b"IDAT"
        if kind == b"acTL" and not has_pixels:
            promised.append(int.from_bytes(data[:4]))
        elif kind == b"fcTL" and len(data) >= FRAME_CONTROL_BYTES:
            numerator, denominator = int.from_bytes(data[20:22]), int.from_bytes(data[22:24])
            yield round(1000 * numerator / (denominator or DEFAULT_DENOMINATOR))


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yields the types of chunks up to IEND, with the first bytes of their data."""
    size = file.seek(0, 2)
    position = SIGNATURE_BYTES
    kind = b""
    while kind != b"IEND":
        file.seek(position)
        head = file.read(8 + FRAME_CONTROL_BYTES)
        length, kind = int.from_bytes(head[:4]), head[4:8]
        position += 12 + length
        if position > size:
            raise InvalidImage("The PNG file is truncated.")
        if kind != b"acTL" or not damage.is_damaged(kind, head[8:][:length], head[8 + length :][:4], 0):
            yield kind, head[8 : 8 + length]
