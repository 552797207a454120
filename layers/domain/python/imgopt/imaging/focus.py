"""Where a crop should be taken: where most of what stands out lies, else in the middle."""

from itertools import accumulate
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import vips

if TYPE_CHECKING:
    from PIL.Image import Image

FOCUS_SIDE = 96
MIDDLE = 0.5
# How much more than the middle another place must hold; below, a scene is busy everywhere, or nowhere.
STANDS_OUT = 1.05
# A place at the very edge counts this much less than one in the middle: people put what matters there.
EDGE_DISCOUNT = 0.15
LEAST_MEAN = 4.0


def find_focus(image: "Image", shares: tuple[float, float]) -> tuple[float, float]:
    """The middle of the best crop, 0-1 from left and top; `shares` are the parts of width and height that it keeps.

    Salient is what differs from the mean colour, after Achanta et al., Frequency-tuned Salient Region Detection
    (2009), and what has edges.
    """
    small = image.convert("RGB")
    small.thumbnail((FOCUS_SIDE, FOCUS_SIDE))
    lab = vips.from_pillow(small).colourspace("lab")
    saliency = _relative(_far_from_mean(lab)) + _relative(lab[0].gaussblur(0.6).sobel())
    columns, rows = saliency.project()
    return _best(_numbers(columns), shares[0]), _best(_numbers(rows), shares[1])


def _far_from_mean(lab: Any) -> Any:
    smooth = lab.gaussblur(1)
    return sum((smooth[band] - lab[band].avg()) ** 2 for band in range(3)) ** 0.5


def _relative(saliency: Any) -> Any:
    """Times its mean, so that kinds of saliency weigh alike; noise in an even area stays small."""
    return saliency / max(saliency.avg(), LEAST_MEAN)


def _numbers(line: Any) -> list[float]:
    return [line(x, y)[0] for y in range(line.height) for x in range(line.width)]


def _best(line: list[float], share: float) -> float:
    """The middle of the window of a line that holds most, 0-1."""
    window = max(1, round(share * len(line)))
    sums = [0.0, *accumulate(line)]
    held = [end - start for start, end in zip(sums, sums[window:], strict=False)]
    middle = (len(held) - 1) / 2
    weighed = [value * (1 - EDGE_DISCOUNT * abs(at - middle) / (middle or 1)) for at, value in enumerate(held)]
    best = max(range(len(weighed)), key=weighed.__getitem__)
    if weighed[best] <= STANDS_OUT * held[int(middle)]:
        return MIDDLE
    return (best + window / 2) / len(line)
