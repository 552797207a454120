"""What fewer colours do to parts of a picture, which a mean hides: spots that lose their colour, and bands."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.codecs.shared.color import flatten

if TYPE_CHECKING:
    from PIL.Image import Image

# Pixels of a block each way.
BLOCK = 4
# The mean of a block may change by so much of 255 in any channel, in so many blocks, before a colour is lost.
VISIBLE_AT_100, VISIBLE_PER_STEP, LOST_SHARE = 6, 0.3, 0.0001
# A block is smooth where no two neighbours in it differ by more: steps between colours show there as lines.
SMOOTH = 4
# From one smooth block to the next the picture may change by so much more or less than before, in any channel, on
# white or on black; in so many blocks it doesn't show.
STEP_AT_100, STEP_PER_STEP, BANDED_SHARE = 0.4, 0.08, 0.002
# Differences are kept in quarters, around the middle of a byte.
FINE, MIDDLE = 4, 128
OPAQUE = 255


@dataclass(frozen=True)
class Source:
    """A picture as it was, with what is known of it once for all comparisons: where it is smooth, means of blocks.

    `seen` is RGB, or RGBA premultiplied, so that what can't be seen counts for nothing.
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
        """Whether bands show in the same picture in few colours, or spots that have lost theirs."""
        now = few.convert("RGB") if self.seen.mode == "RGB" else few.convert("RGBA").convert(self.seen.mode)
        return (colors and self._loses_colors(now)) or self._has_bands(now)

    def _loses_colors(self, now: "Image") -> bool:
        from PIL import ImageChops

        worst = _worst(ImageChops.difference(self.means, _means(now))).histogram()
        visible = round(VISIBLE_AT_100 + (100 - self.quality) * VISIBLE_PER_STEP)
        return sum(worst[visible:]) > LOST_SHARE * sum(worst)

    def _has_bands(self, now: "Image") -> bool:
        """Steps between smooth blocks that were none before, or became larger."""
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
    """Of blocks, on white."""
    small = seen.reduce(BLOCK)
    return flatten(small.convert("RGBA")).convert("RGB") if small.mode == "RGBa" else small


def _find_smooth(seen: "Image") -> "Image":
    """Mode L, a pixel for each block: 255 where it is smooth. Neighbours of the first column are in the last."""
    from PIL import ImageChops

    changes = [ImageChops.difference(seen, ImageChops.offset(seen, *step)) for step in ((1, 0), (0, 1))]
    rough = ImageChops.lighter(*changes).point(([0] * (SMOOTH + 1) + [255] * (255 - SMOOTH)) * len(seen.getbands()))
    return _worst(rough.reduce(BLOCK)).point([255] + [0] * 255)


def _pair(image: "Image", right: int, down: int) -> "tuple[Image, Image]":
    """An image without its last columns or rows, and without its first."""
    width, height = image.size
    return image.crop((0, 0, width - right, height - down)), image.crop((right, down, width, height))


def _worst(image: "Image") -> "Image":
    """Of all channels, the largest."""
    from PIL import ImageChops

    first, *others = image.split()
    for other in others:
        first = ImageChops.lighter(first, other)
    return first
