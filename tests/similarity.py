"""The structural similarity of two pictures (Wang et al. 2004), over windows of 7 x 7 pixels."""

import numpy
from PIL import Image

WINDOW = 7
# Stabilisers of the paper for values up to 255.
C1, C2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2


def similarity(first: Image.Image, second: Image.Image) -> float:
    """1 for the same picture, the mean over red, green, blue and, where one has it, alpha. Colours count on white."""
    assert first.size == second.size, (first.size, second.size)
    return float(numpy.mean([_ssim(a, b) for a, b in zip(_planes(first), _planes(second), strict=True)]))


def error(first: Image.Image, second: Image.Image) -> float:
    """Root mean square of what differs, 0-255."""
    a, b = (numpy.stack(_planes(each)) for each in (first, second))
    return float(numpy.sqrt(numpy.mean((a - b) ** 2)))


def _planes(image: Image.Image) -> list[numpy.ndarray]:
    rgba = image.convert("RGBA")
    flat = Image.alpha_composite(Image.new("RGBA", image.size, "white"), rgba)
    return [numpy.asarray(band, dtype=float) for band in (*flat.split()[:3], rgba.getchannel("A"))]


def _ssim(a: numpy.ndarray, b: numpy.ndarray) -> float:
    if numpy.array_equal(a, b):
        return 1.0
    mx, my = _means(a), _means(b)
    covariance, variances = _means(a * b) - mx * my, _means(a * a + b * b) - mx**2 - my**2
    luminance = (2 * mx * my + C1) / (mx**2 + my**2 + C1)
    structure = (2 * covariance + C2) / (variances + C2)
    return float((luminance * structure).mean())


def _means(plane: numpy.ndarray) -> numpy.ndarray:
    """The means of all windows, by sums along one side and then the other."""
    for _ in range(plane.ndim):
        sums = numpy.cumsum(numpy.pad(plane, ((1, 0), (0, 0))), axis=0)
        plane = (sums[WINDOW:] - sums[:-WINDOW]).T
    return plane / WINDOW**2
