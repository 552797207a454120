"""Checks that a network's output can be a picture."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# Values are 0 to 1: an input with at least this standard deviation can't become an output with a smaller range than
# FLAT. The output's deviation isn't computed, because that would copy many pixels.
VARIED, FLAT = 0.03, 1 / 255


def is_valid_output(result: "NDArray[numpy.float32]", image: "NDArray[numpy.float32]") -> bool:
    """Returns False for values that aren't finite, and for a flat output of a varied input."""
    import numpy

    spread = result.max() - result.min()
    return bool(numpy.isfinite(spread) and (spread > FLAT or image.std() < VARIED))
