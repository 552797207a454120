"""Animated JPEG XL: frames are counted by their headers, decoded separately, and composed (18181-1, annex F)."""

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.jxl.container import read_file
from imgopt.codecs.jxl.frame_header import BlendMode, JxlFrame
from imgopt.codecs.jxl.frames import FramePart, find_head_end, read_frames
from imgopt.codecs.jxl.image_header import ALPHA, JxlImage, read_image_header
from imgopt.codecs.jxl.pixels import decode_codestream
from imgopt.codecs.jxl.single_frames import DrawnFrame, extract, pair_with_needed
from imgopt.codecs.shared.animation import FOREVER, Animation, Transform, collect, sample_indexes
from imgopt.codecs.shared.color import turn_pixels
from imgopt.codecs.shared.timing import STILL, Timing, shown
from imgopt.errors import InvalidImage, TooLarge

if TYPE_CHECKING:
    from PIL.Image import Image

# The most pixels that may be decoded for a shown frame, in canvases: with hidden frames and parts outside of the
# canvas.
MOST_CANVASES = 4
MOST_FRAMES = sys.maxsize
ADDS = "The JPEG XL animation adds or multiplies frames, which is not supported."


def scan(file: BinaryIO, *, max_frames: int) -> Timing:
    """Counts the shown frames and their durations; a file without an animation has one.

    Raises TooLarge for more than `max_frames`, or where hidden frames have too many pixels; InvalidImage where a frame
    can't be composed.
    """
    file.seek(0)
    codestream = read_file(file.read()).codestream
    image = read_image_header(codestream)
    return _time(_drawn_frames(codestream, image, max_frames), image) if image.clock else STILL


def _drawn_frames(codestream: bytes, image: JxlImage, max_frames: int) -> list[DrawnFrame]:
    frames, count = [], 0
    parts = _at_most(MOST_CANVASES * max_frames, read_frames(codestream, image))
    for frame in pair_with_needed(parts):
        _check_blending(frame.part.header, image)
        frames.append(frame)
        count += frame.part.header.is_shown
        if count > max_frames:
            raise TooLarge(f"Animation too long. At most {max_frames} frames are accepted.")
    pixels, most = [frame.pixels for frame in frames], MOST_CANVASES * image.width * image.height
    if max(pixels) > most or sum(pixels) > most * count:
        raise TooLarge("The JPEG XL animation has too many pixels in frames that are hidden or beyond its edges.")
    return frames


def _at_most(count: int, parts: Iterator[FramePart]) -> Iterator[FramePart]:
    for number, part in enumerate(parts, 1):
        if number > count:
            raise TooLarge("The JPEG XL animation has too many hidden frames.")
        yield part


def _check_blending(frame: JxlFrame, image: JxlImage) -> None:
    """Raises InvalidImage where alpha is blended otherwise than the colours."""
    colors = frame.blendings[0]
    of_channels = zip(frame.blendings[1:], image.channels, strict=False)  # a frame with default values has none
    alpha = next((own for own, channel in of_channels if channel.kind == ALPHA), colors)
    same = (alpha.mode, alpha.source) == (colors.mode, colors.source)
    if not same or colors.mode not in (BlendMode.REPLACE, BlendMode.OVER):
        raise InvalidImage(ADDS)


def _time(frames: list[DrawnFrame], image: JxlImage) -> Timing:
    durations = [_milliseconds(frame.part.header, image) for frame in frames if frame.part.header.is_shown]
    return Timing(len(durations), sum(map(shown, durations))) if len(durations) > 1 else STILL


def _milliseconds(frame: JxlFrame, image: JxlImage) -> int:
    return round(frame.duration * (image.clock.tick if image.clock else 0))


def decode_animation(data: bytes, frame_limit: int | None = None, transform: Transform | None = None) -> Animation:
    """Decodes all frames. Raises InvalidImage where one can't be decoded."""
    codestream = read_file(data).codestream
    image = read_image_header(codestream)
    frames = _drawn_frames(codestream, image, MOST_FRAMES)
    durations = [_milliseconds(frame.part.header, image) for frame in frames if frame.part.header.is_shown]
    indexes = sample_indexes(len(durations), frame_limit or len(durations))
    plays = image.clock.plays if image.clock else FOREVER
    return collect(_draw_frames(codestream, image, frames), indexes, durations, plays, transform)


def draw_first(codestream: bytes, image: JxlImage) -> "Image":
    """Decodes the first shown frame. Raises InvalidImage where that fails."""
    return next(_draw_frames(codestream, image, _drawn_frames(codestream, image, MOST_FRAMES)))


def _draw_frames(codestream: bytes, image: JxlImage, frames: list[DrawnFrame]) -> "Iterator[Image]":
    """Yields the canvas each time that it is shown, upright."""
    head_end, stored = find_head_end(codestream, image), dict[int, "Image"]()
    for frame in frames:
        header = frame.part.header
        pixels = decode_codestream(extract(codestream, image, head_end, frame), image)
        canvas = _draw(pixels, header, stored, (image.width, image.height))
        if header.stored_as is not None:
            stored[header.stored_as] = canvas
        if header.is_shown:
            yield turn_pixels(canvas, image.orientation)


def _draw(pixels: "Image", frame: JxlFrame, stored: "dict[int, Image]", size: tuple[int, int]) -> "Image":
    """Draws a frame on a stored one, or on an empty canvas."""
    from PIL import Image

    is_over = frame.blendings[0].mode is BlendMode.OVER and "A" in pixels.mode
    if pixels.size == size and not (frame.left or frame.top or is_over):
        return pixels
    ground = stored.get(frame.blendings[0].source)
    canvas = ground.copy() if ground else Image.new(pixels.mode, size)
    canvas.info = dict(pixels.info)
    left, top = max(frame.left, 0), max(frame.top, 0)
    right, bottom = min(frame.left + frame.width, size[0]), min(frame.top + frame.height, size[1])
    if left < right and top < bottom:
        inside = pixels.crop((left - frame.left, top - frame.top, right - frame.left, bottom - frame.top))
        _put(canvas, inside, (left, top), is_over=is_over)
    return canvas


def _put(canvas: "Image", inside: "Image", place: tuple[int, int], *, is_over: bool) -> None:
    if not is_over:
        canvas.paste(inside, place)
    elif canvas.mode == "RGBA":
        canvas.alpha_composite(inside, place)
    else:
        both = canvas.convert("RGBA")
        both.alpha_composite(inside.convert("RGBA"), place)
        canvas.paste(both.convert("LA"))
