"""Whether what comes out of a network can be a picture."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# Standard deviations, of values from 0 to 1. What varies as much as the first can't become as even as the second.
VARIED, FLAT = 0.03, 0.001


def is_picture(result: "NDArray[numpy.float32]", image: "NDArray[numpy.float32]") -> bool:
    """False for numbers that are none, and for something flat made of something varied."""
    import numpy

    if not numpy.isfinite(result).all():
        return False
    return bool(result.std() > FLAT or image.std() < VARIED)
