"""Converts each frame of an animated JPEG XL to a still codestream, because libjxl's binding only decodes one picture.

The frame header's place, blending and storage are rewritten; the coded pixels are copied (ISO/IEC 18181-1, annex F).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imgopt.codecs.jxl.frame_header import EDGES, PATCHES, USES_DC_FRAME, FrameKind, JxlFrame
from imgopt.codecs.jxl.frames import FramePart
from imgopt.codecs.jxl.image_header import SIDES, SIGNATURE, JxlImage
from imgopt.codecs.jxl.low_bits import LowBitsWriter

ORIENTATION_BITS, KIND_BITS, BLEND_BITS, STORE_BITS = 3, 2, 2, 2
RATIO_BITS = 3


@dataclass(frozen=True)
class DrawnFrame:
    """A frame that is drawn, and the earlier frames that it refers to."""

    part: FramePart
    needed: tuple[FramePart, ...] = ()

    @property
    def pixels(self) -> int:
        """The pixels that are decoded for it."""
        return sum(each.header.width * each.header.height for each in (self.part, *self.needed))


def pair_with_needed(parts: Iterable[FramePart]) -> Iterator[DrawnFrame]:
    """Yields the frames. A frame that refers to a partly stored, drawn frame can't be decoded separately, and is left
    out.
    """
    stored: dict[int, FramePart] = {}
    coarse: list[FramePart] = []
    for part in parts:
        header = part.header
        if header.kind is FrameKind.DC:
            coarse.append(part)
            continue
        if header.is_drawn:
            needed = [*(coarse if header.flags & USES_DC_FRAME else ())]
            needed += stored.values() if header.flags & PATCHES else ()
            yield DrawnFrame(part, tuple(sorted(needed, key=lambda each: each.start)))
            coarse = []
        if header.stored_as is not None:
            stored.pop(header.stored_as, None)
            stored |= {header.stored_as: part} if header.kind is FrameKind.REFERENCE else {}


def extract(codestream: bytes, image: JxlImage, head_end: int, frame: DrawnFrame) -> bytes:
    """Returns a codestream with the frame's pixels, without orientation."""
    parts = [_write_head(codestream, image, head_end, frame.part.header)]
    parts += [_write_needed(codestream, each) for each in frame.needed]
    parts.append(_write_drawn(codestream, image, frame.part))
    return b"".join(parts)


def _write_head(codestream: bytes, image: JxlImage, head_end: int, frame: JxlFrame) -> bytes:
    """Returns an image header with the frame's size, upright."""
    writer = LowBitsWriter()
    writer.copy(codestream, 0, 8 * len(SIGNATURE))
    write_size(writer, frame.width, frame.height)
    start = image.size_end
    if image.orientation_at is not None:
        writer.copy(codestream, start, image.orientation_at)
        writer.write(0, ORIENTATION_BITS)
        start = image.orientation_at + ORIENTATION_BITS
    writer.copy(codestream, start, head_end)
    return writer.to_bytes()


def write_size(writer: LowBitsWriter, width: int, height: int) -> None:
    """Writes an image size, without the short form for ratios."""
    writer.write(0, 1)
    writer.write_u32(height, SIDES)
    writer.write(0, RATIO_BITS)
    writer.write_u32(width, SIDES)


def _write_drawn(codestream: bytes, image: JxlImage, part: FramePart) -> bytes:
    """Returns the frame as the last one, which covers the whole picture."""
    writer, header = LowBitsWriter(), part.header
    if header.is_default:
        writer.copy(codestream, header.start, header.end)
        return finish(writer, codestream, part)
    writer.write(0, 1)
    writer.write(FrameKind.REGULAR, KIND_BITS)
    writer.copy(codestream, header.start + 1 + KIND_BITS, header.place_at)
    writer.write(0, 1 + BLEND_BITS * (1 + len(image.channels)))
    writer.copy(codestream, header.time_at, header.time_end)
    writer.write(1, 1)
    writer.copy(codestream, header.rest_at, header.end)
    return finish(writer, codestream, part)


def _write_needed(codestream: bytes, part: FramePart) -> bytes:
    """Returns a frame that is referred to, with its own size, which may have been the canvas's."""
    writer, header = LowBitsWriter(), part.header
    if header.kind is FrameKind.DC:
        return codestream[part.start : part.end]
    writer.copy(codestream, header.start, header.place_at)
    writer.write(1, 1)
    for side in (header.width, header.height):
        writer.write_u32(side, EDGES)
    writer.write(header.stored_as or 0, STORE_BITS)
    writer.write(header.is_stored_early, 1)
    writer.copy(codestream, header.rest_at, header.end)
    return finish(writer, codestream, part)


def finish(writer: LowBitsWriter, codestream: bytes, part: FramePart) -> bytes:
    """Returns a frame with the new header, and its original permutation, lengths and sections."""
    writer.copy(codestream, part.header.end, part.order_end)
    return writer.to_bytes() + codestream[part.body : part.end]
