"""Finds local losses of a reduced palette that a mean error hides: spots without their colour, and bands."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import flatten

if TYPE_CHECKING:
    from PIL.Image import Image

# Pixels of a block's side.
BLOCK = 4
# A colour is lost where the mean of this share of all blocks changes by more than this (of 255) in any channel.
VISIBLE_AT_100, VISIBLE_PER_STEP, LOST_SHARE = 6, 0.3, 0.0001
# A block is smooth where no two neighbours differ by more: there, steps between colours are visible as lines.
SMOOTH = 4
# Between two smooth blocks, the step may change by this much (of 255) in any channel, on white or on black. In up to
# this share of blocks more isn't visible.
STEP_AT_100, STEP_PER_STEP, BANDED_SHARE = 0.4, 0.08, 0.002
# Differences are stored in quarters, relative to 128.
FINE, MIDDLE = 4, 128
OPAQUE = 255


@dataclass(frozen=True)
class Source:
    """The original picture, with values that are computed once for all comparisons: smooth blocks, means of blocks.

    `seen` is RGB, or premultiplied RGBA, so that transparent pixels have no effect.
    """

    seen: "Image"
    smooth: "Image"
    means: "Image"
    quality: int

    @classmethod
    def of(cls, rgba: "Image", quality: int) -> "Source":
        mode = "RGB" if rgba.getchannel("A").getextrema()[0] == OPAQUE else "RGBa"
        seen = rgba.convert(mode)
        return cls(seen, _find_smooth(seen), _means(seen), quality)

    def loses(self, few: "Image", *, colors: bool) -> bool:
        """Returns whether the reduced picture has visible bands, or, with `colors`, spots that lost their colour."""
        now = few.convert("RGB") if self.seen.mode == "RGB" else few.convert("RGBA").convert(self.seen.mode)
        return (colors and self._loses_colors(now)) or self._has_bands(now)

    def _loses_colors(self, now: "Image") -> bool:
        from PIL import ImageChops

        worst = _worst(ImageChops.difference(self.means, _means(now))).histogram()
        visible = round(VISIBLE_AT_100 + (100 - self.quality) * VISIBLE_PER_STEP)
        return sum(worst[visible:]) > LOST_SHARE * sum(worst)

    def _has_bands(self, now: "Image") -> bool:
        """Returns whether steps between smooth blocks appeared or became larger."""
        from PIL import ImageChops

        if not self.smooth.getbbox():
            return False
        fine = ImageChops.subtract(now, self.seen, 1 / FINE, MIDDLE).reduce(BLOCK)
        visible = round(FINE * (STEP_AT_100 + (100 - self.quality) * STEP_PER_STEP))
        banded = 0
        for right, down in ((1, 0), (0, 1)):
            steps = _worst(ImageChops.difference(*_pair(fine, right, down)))
            both = ImageChops.darker(*_pair(self.smooth, right, down))
            banded += sum(steps.histogram(both)[visible:])
        return banded > BANDED_SHARE * self.smooth.width * self.smooth.height


def _means(seen: "Image") -> "Image":
    """Returns the means of blocks, on white."""
    small = seen.reduce(BLOCK)
    return flatten(small.convert("RGBA")).convert("RGB") if small.mode == "RGBa" else small


def _find_smooth(seen: "Image") -> "Image":
    """Returns a mask in mode L with one pixel per block: 255 where it is smooth. Edges wrap around."""
    from PIL import ImageChops

    changes = [ImageChops.difference(seen, ImageChops.offset(seen, *step)) for step in ((1, 0), (0, 1))]
    rough = ImageChops.lighter(*changes).point(([0] * (SMOOTH + 1) + [255] * (255 - SMOOTH)) * len(seen.getbands()))
    return _worst(rough.reduce(BLOCK)).point([255] + [0] * 255)


def _pair(image: "Image", right: int, down: int) -> "tuple[Image, Image]":
    """Returns the image without its last columns or rows, and without its first ones."""
    width, height = image.size
    return image.crop((0, 0, width - right, height - down)), image.crop((right, down, width, height))


def _worst(image: "Image") -> "Image":
    """Returns the largest channel of each pixel."""
    from PIL import ImageChops

    first, *others = image.split()
    for other in others:
        first = ImageChops.lighter(first, other)
    return first
