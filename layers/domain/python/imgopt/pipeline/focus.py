"""The point that a crop should keep: where something stands out, else the middle."""

from typing import TYPE_CHECKING, Any

from imgopt.codecs import vips
from imgopt.pipeline.geometry import CENTER

if TYPE_CHECKING:
    from PIL.Image import Image

SIDE = 96
SIGMA = 5.0
# How many times the mean the most salient spot must be. Below, a scene is busy everywhere, or nowhere.
STANDS_OUT = 2.5


def find_focus(image: "Image") -> tuple[float, float]:
    """A point 0-1 from left and top: the brightest spot of a blurred map of edges and of colours far from the mean.

    After Achanta et al., Frequency-tuned Salient Region Detection (2009), with edges for what has no colour.
    """
    small = image.convert("RGB")
    small.thumbnail((SIDE, SIDE))
    pixels = vips.from_pillow(small).colourspace("lab")
    saliency = (_far_from_mean(pixels) + _edges(pixels)).gaussblur(SIGMA)
    peak, x, y = _peak(saliency)
    if peak < STANDS_OUT * saliency.avg():
        return CENTER
    return (x + 0.5) / small.width, (y + 0.5) / small.height


def _far_from_mean(lab: Any) -> Any:
    means = [lab[band].avg() for band in range(3)]
    smooth = lab.gaussblur(1)
    return sum((smooth[band] - means[band]) ** 2 for band in range(3)) ** 0.5


def _edges(lab: Any) -> Any:
    return lab[0].sobel()


def _peak(saliency: Any) -> tuple[float, int, int]:
    peak, place = saliency.max(x=True, y=True)
    return peak, place["x"], place["y"]
