"""Gain maps (ISO 21496-1), which say how much brighter each part of a picture is on an HDR screen."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class GainMap:
    """`image` is the map, in mode L or RGB, upright, smaller than the picture; its samples count as 0 to 1.

    log2 of the gain is `least + (most - least) * sample ** (1 / gamma)`. All tuples have values for red, green and
    blue. The map applies fully on a screen whose peak white is `most_headroom` stops above the picture's white, and not
    at all up to `least_headroom`. The offsets are added to the linear samples of the picture and of the result.
    `in_base_colors` tells whether gains apply to the picture's own primaries, or to those of `profile`.
    """

    image: "Image"
    least: tuple[float, ...]
    most: tuple[float, ...]
    gamma: tuple[float, ...]
    base_offset: tuple[float, ...]
    alternate_offset: tuple[float, ...]
    least_headroom: float
    most_headroom: float
    in_base_colors: bool = True
    profile: bytes = b""

    def no_gain(self) -> tuple[int, ...]:
        """The samples, 0 to 255, without any gain, for margins."""
        values = zip(self.least, self.most, self.gamma, strict=True)
        shares = [
            (min(max(-least / (most - least), 0), 1) if most > least else 0) ** gamma for least, most, gamma in values
        ]
        return tuple(round(255 * share) for share in shares[: len(self.image.getbands())])
