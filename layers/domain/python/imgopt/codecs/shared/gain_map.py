"""Gain maps (ISO 21496-1): beside a picture for all screens, how much brighter each part of it is on one that can."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class GainMap:
    """`image` is in mode L or RGB, upright, of the same picture in fewer pixels; its samples are 0 to 1 below.

    log2 of the gain is `least + (most - least) * sample ** (1 / gamma)`. All tuples have a value for each of red,
    green and blue. The map counts in full on a screen whose brightest white is `most_headroom` stops above that of the
    picture, and not at all up to `least_headroom`. The offsets are added to the linear samples of picture and result.
    `in_base_colors` says whether the gains are for the picture's own primaries, or for those of `profile`.
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
        """The samples, 0-255, where nothing becomes brighter: what margins have."""
        values = zip(self.least, self.most, self.gamma, strict=True)
        shares = [
            (min(max(-least / (most - least), 0), 1) if most > least else 0) ** gamma for least, most, gamma in values
        ]
        return tuple(round(255 * share) for share in shares[: len(self.image.getbands())])
