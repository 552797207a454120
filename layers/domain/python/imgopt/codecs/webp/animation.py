"""Animated WebP: encoded by libwebp through Pillow; frames are counted from the chunks (RFC 9649)."""

from collections.abc import Iterator
from io import BytesIO
from typing import BinaryIO

from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.animation import Animation, Transform, decoder
from imgopt.codecs.shared.encoding import Encoding
from imgopt.codecs.shared.timing import Timing, add_up, shown
from imgopt.codecs.webp.chunks import FRAME_HEADER, RIFF_HEADER, mark_alpha, mark_bare_canvas
from imgopt.errors import InvalidImage

ENCODER = "libwebp"
EFFORT = 4
LARGEST_LOOP = 0xFFFF
# With more pixels in all frames, trying both ways for each frame (0.8 s per megapixel) takes too long.
MIXED_PIXELS = 30_000_000

_decode = decoder("WEBP", "WebP")


def encode_animation(animation: Animation, quality: int) -> Encoding:
    """Encodes animated WebP at a quality, 1 to 100, with alpha; each frame lossy or lossless, whichever is smaller.

    Delays too short for browsers become the ones that browsers use instead, as in gif2webp.
    """
    out = BytesIO()
    first, *others = animation.frames
    durations = [shown(duration) for duration in animation.durations]
    first.save(
        out,
        "WEBP",
        save_all=True,
        append_images=others,
        duration=durations,
        loop=min(animation.plays, LARGEST_LOOP),
        quality=quality_scale.WEBP.native(quality),
        method=EFFORT,
        allow_mixed=_pixels(animation) <= MIXED_PIXELS,
    )
    data = out.getvalue()
    return Encoding(mark_alpha(data) if animation.has_alpha else data, ENCODER)


def _pixels(animation: Animation) -> int:
    width, height = animation.size
    return width * height * len(animation.frames)


def decode_animation(data: bytes, frame_limit: int | None = None, transform: Transform | None = None) -> Animation:
    """Decodes by libwebp, which ignores the background colour, as browsers do.

    Raises InvalidImage where a frame can't be decoded.
    """
    return _decode(mark_bare_canvas(data), frame_limit, transform)


def scan(file: BinaryIO, *, max_frames: int) -> Timing:
    """Counts frames and their durations; a still image has one frame.

    Raises InvalidImage where the container is truncated, TooLarge for more than `max_frames` frames.
    """
    timing = add_up(_read_delays(file), max_frames=max_frames)
    return timing if timing.frames else Timing(1, 0)


def _read_delays(file: BinaryIO) -> Iterator[int]:
    """Yields each frame's duration in milliseconds."""
    size = file.seek(0, 2)
    file.seek(4)
    promised = int.from_bytes(file.read(4), "little") + 8
    position = RIFF_HEADER
    while position + 8 <= min(promised, size):
        file.seek(position)
        head = file.read(8 + FRAME_HEADER)
        if head[:4] == b"ANMF":
            yield int.from_bytes(head[20:23], "little")
        length = int.from_bytes(head[4:8], "little")
        position += 8 + length + length % 2
    if promised > size or position > promised + 1:
        raise InvalidImage("The WebP file is truncated.")
