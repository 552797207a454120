"""Whether what comes out of a network can be a picture."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

# Of values from 0 to 1: what deviates from its mean by the first can't become as even as the second, least to
# most. No deviation is taken there, as that would copy the many pixels of a result.
VARIED, FLAT = 0.03, 1 / 255


def is_valid_output(result: "NDArray[numpy.float32]", image: "NDArray[numpy.float32]") -> bool:
    """False for numbers that are none, and for something flat made of something varied."""
    import numpy

    spread = result.max() - result.min()
    return bool(numpy.isfinite(spread) and (spread > FLAT or image.std() < VARIED))
