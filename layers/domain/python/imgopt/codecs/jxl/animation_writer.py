"""Writes animated JPEG XL from stills of libjxl, whose binding can't encode animations (ISO/IEC 18181-1, annex F).

Only the changed part of each frame is encoded.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.codecs.jxl import libjxl
from imgopt.codecs.jxl.frame_header import DURATIONS, EDGES, JxlFrame
from imgopt.codecs.jxl.frames import FramePart, read_frames
from imgopt.codecs.jxl.image_header import PLAYS, SIGNATURE, JxlImage, read_image_header
from imgopt.codecs.jxl.low_bits import LowBitsWriter
from imgopt.codecs.jxl.single_frames import finish, write_size
from imgopt.codecs.shared import quality_scale
from imgopt.codecs.shared.animation import Animation
from imgopt.codecs.shared.encoding import LOSSLESS_QUALITY, Encoding
from imgopt.codecs.shared.timing import shown

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "libjxl"
EFFORT = 3
# The slot in which frames are stored. libjxl uses the last one for repeated patches in a frame.
STORED = 1
# 1000 ticks per second, coded by the numbers of the choices.
TICKS, TICKS_BITS = 0b0001, 4
# An image header with default values: 8 bits, no extra channels, XYB, sRGB.
USUAL_IMAGE, USUAL_IMAGE_BITS = 0b1_1_00_1_00_0, 8
# A frame header with default values, before its place, and from its name on: scales of X and B are 3 and 2.
USUAL_FRAME, USUAL_FRAME_BITS = 0b00_010_011_00_00_0_00_0, 16
USUAL_REST, USUAL_REST_BITS = 0b00_1_00, 5
LONGEST = (1 << 32) - 1


@dataclass(frozen=True)
class _Still:
    """A changed part of the canvas as its own codestream, and its duration in milliseconds."""

    codestream: bytes
    left: int
    top: int
    duration: int

    @property
    def image(self) -> JxlImage:
        return read_image_header(self.codestream)


def encode_animation(animation: Animation, quality: int) -> Encoding:
    """Encodes at a quality, 1 to 100, lossless at 100, with alpha. Delays too short for browsers become the ones that
    browsers use instead.
    """
    lossless = quality == LOSSLESS_QUALITY
    native = libjxl.HIGHEST_QUALITY if lossless else quality_scale.JXL.native(quality)
    stills = list(_encode_changes(animation, native))
    frames = [
        _write_frames(still, animation.size, is_last=number == len(stills)) for number, still in enumerate(stills, 1)
    ]
    return Encoding(_write_head(stills[0], animation) + b"".join(frames), ENCODER, lossless=lossless)


def _encode_changes(animation: Animation, native: int) -> Iterator[_Still]:
    """Yields the changed parts. Equal frames are joined."""
    durations = [shown(duration) for duration in animation.durations]
    start = 0
    for at, frame in enumerate(animation.frames):
        following = animation.frames[at + 1] if at + 1 < len(animation.frames) else None
        if following and following.tobytes() == frame.tobytes():
            continue
        box = _find_change(animation.frames[start - 1], frame) if start else (0, 0, *frame.size)
        codestream = libjxl.encode(frame.crop(box), native, EFFORT)
        yield _Still(codestream, *box[:2], min(sum(durations[start : at + 1]), LONGEST))
        start = at + 1


def _find_change(before: "Image", frame: "Image") -> tuple[int, int, int, int]:
    from PIL import ImageChops

    return ImageChops.difference(before, frame).getbbox(alpha_only=False) or (0, 0, 1, 1)


def _write_head(first: _Still, animation: Animation) -> bytes:
    image, writer = first.image, LowBitsWriter()
    writer.write(int.from_bytes(SIGNATURE, "little"), 8 * len(SIGNATURE))
    write_size(writer, *animation.size)
    writer.write(0b10, 2)  # not all values are defaults, and extra fields follow
    writer.write(0b1_0_0_000, 6)  # upright, no intrinsic size, no preview, an animation
    writer.write(TICKS, TICKS_BITS)
    writer.write_u32(min(animation.plays, LONGEST), PLAYS)
    writer.write(0, 1)
    if image.color_end is None:
        writer.write(USUAL_IMAGE, USUAL_IMAGE_BITS)
    else:
        writer.copy(first.codestream, image.size_end + 2, image.color_end)
    writer.write(0b00_1, 3)  # default tone mapping, no extensions
    writer.write(1, 1)  # default transforms
    return writer.to_bytes()


def _write_frames(still: _Still, size: tuple[int, int], *, is_last: bool) -> bytes:
    """Returns the frame, after the hidden frames that it refers to."""
    image = still.image
    *needed, drawn = read_frames(still.codestream, image)
    before = [still.codestream[part.start : part.end] for part in needed]
    return b"".join((*before, _write_frame(still, drawn, size, len(image.channels), is_last=is_last)))


def _write_frame(still: _Still, part: FramePart, size: tuple[int, int], channels: int, *, is_last: bool) -> bytes:
    writer, header = LowBitsWriter(), part.header
    if header.is_default:
        writer.write(USUAL_FRAME, USUAL_FRAME_BITS)
    else:
        writer.copy(still.codestream, header.start, header.place_at)
    is_partial = (header.width, header.height) != size
    _write_place(writer, still, header, is_partial=is_partial)
    for _ in range(1 + channels):
        writer.write(0, 2)
        writer.write(STORED if is_partial else 0, 2 if is_partial else 0)
    writer.write_u32(still.duration, DURATIONS)
    writer.write(is_last, 1)
    if not is_last:
        writer.write(STORED, 2)
        writer.write(0, 0 if is_partial else 1)
    if header.is_default:
        writer.write(USUAL_REST, USUAL_REST_BITS)
    else:
        writer.copy(still.codestream, header.rest_at, header.end)
    return finish(writer, still.codestream, part)


def _write_place(writer: LowBitsWriter, still: _Still, header: JxlFrame, *, is_partial: bool) -> None:
    writer.write(is_partial, 1)
    if is_partial:
        for edge in (2 * still.left, 2 * still.top, header.width, header.height):
            writer.write_u32(edge, EDGES)
