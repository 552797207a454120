"""The pictures of a GIF with their control data (GIF89a specification, 20, 22 and 23), decoded by Pillow."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgopt.codecs.gif.blocks import (
    ALSO_TO_PREVIOUS,
    CONTROL_BYTES,
    GRAPHIC_CONTROL,
    PICTURE,
    TO_BACKGROUND,
    TO_PREVIOUS,
    Blocks,
)
from imgopt.codecs.shared.compositor import Disposal
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image

SCREEN_END, DESCRIPTOR_BYTES = 13, 10
LOCAL_PALETTE, INTERLACED, SEES_THROUGH = 0x80, 0x40, 0x01
NO_CONTROL = bytes(CONTROL_BYTES)
# Disposals 4 to 7 are undefined. Some programs write 4 for "previous", and browsers treat it so; 5 to 7 keep the
# picture (Chromium: blink/renderer/platform/image-decoders/gif/gif_image_reader.cc; Wuffs: std/gif/decode_gif.wuffs).
DISPOSALS = {
    TO_BACKGROUND: Disposal.BACKGROUND,
    TO_PREVIOUS: Disposal.PREVIOUS,
    ALSO_TO_PREVIOUS: Disposal.PREVIOUS,
}
# Without a palette, GIF89a, section 18, recommends one that begins with black and white.
COLORS, NO_PALETTE = 256, b"\0\0\0\xff\xff\xff"
# How many times larger than the screen, or than a megapixel, a picture may be. No program writes larger ones.
LARGEST_SHARE, SMALL_SCREEN = 4, 1_000_000
NUMBERS, ONLY_ZERO = list(range(COLORS)), [255] + 255 * [0]
DAMAGED = "The GIF file is damaged and can't be decoded."


@dataclass(frozen=True)
class Graphic:
    """A picture. `palette` has RGB triples; `transparent` is the index that isn't drawn; `codes` are LZW sub-blocks."""

    size: tuple[int, int]
    left: int
    top: int
    palette: bytes
    transparent: int | None
    disposal: Disposal
    interlaced: bool
    code_size: int
    codes: memoryview

    def check_size(self, screen: tuple[int, int]) -> None:
        """Raises InvalidImage where far more would be decoded than is visible."""
        if self.size[0] * self.size[1] > LARGEST_SHARE * max(screen[0] * screen[1], SMALL_SCREEN):
            raise InvalidImage("The GIF file is damaged: one of its pictures is far larger than its screen.")

    def with_codes(self, codes: bytes) -> "Graphic":
        return replace(self, codes=memoryview(codes))

    def decode(self) -> "tuple[Image, bool]":
        """Returns the indexes in mode P, and whether data for all pixels existed. Missing pixels are transparent, or 0.

        Raises InvalidImage where the data are damaged.
        """
        return self._decode_onto(self.transparent or 0)

    def find_drawn(self, numbers: "Image", *, complete: bool) -> "Image | None":
        """Returns a mask in mode 1 of the drawn pixels of `decode`'s result; None where all are drawn."""
        from PIL import ImageChops

        if self.transparent is not None:
            return numbers.point([number != self.transparent and 255 for number in NUMBERS], "1")
        if complete:
            return None
        again, _ = self._decode_onto(1)  # pixels without data keep what was there before
        first, second = (each.point(NUMBERS, "L") for each in (numbers, again))
        return ImageChops.difference(first, second).point(ONLY_ZERO, "1")

    def _decode_onto(self, number: int) -> "tuple[Image, bool]":
        from PIL import Image

        image, complete = Image.new("P", self.size, number), True
        image.putpalette((self.palette or NO_PALETTE).ljust(3 * COLORS, b"\0"))
        try:
            image.frombytes(self.codes, "gif", self.code_size, self.interlaced, -1)
        except ValueError as error:
            if "not enough" not in str(error):
                raise InvalidImage(DAMAGED) from error
            complete = False
        return image, complete


def read_graphics(data: bytes) -> Iterator[Graphic]:
    """Yields the pictures. Raises InvalidImage where a block is truncated."""
    blocks, control = Blocks(data), NO_CONTROL
    shared = data[SCREEN_END : blocks.position]
    for kind, start in blocks.walk():
        if kind == GRAPHIC_CONTROL:
            control = data[start + 3 : start + 3 + min(data[start + 2], CONTROL_BYTES)].ljust(CONTROL_BYTES, b"\0")
        elif kind == PICTURE:
            yield describe_graphic(memoryview(data)[start : blocks.position], control, shared)
            control = NO_CONTROL


def describe_graphic(block: memoryview, control: bytes, shared: bytes) -> Graphic:
    """Returns the picture of a block, with its control extension and the screen's palette."""
    left, top, width, height, flags = struct.unpack_from("<4HB", block, 1)
    end = DESCRIPTOR_BYTES + (3 << (flags & 7) + 1 if flags & LOCAL_PALETTE else 0)
    return Graphic(
        size=(width, height),
        left=left,
        top=top,
        palette=bytes(block[DESCRIPTOR_BYTES:end]) or shared,
        transparent=control[3] if control[0] & SEES_THROUGH else None,
        disposal=DISPOSALS.get(control[0] >> 2 & 7, Disposal.NONE),
        interlaced=bool(flags & INTERLACED),
        code_size=block[end],
        codes=block[end + 1 :],
    )
