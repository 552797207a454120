"""Resamples a network's output row by row, so that only the rows that the filter needs are in memory."""

from math import floor
from typing import TYPE_CHECKING

from imgopt.imaging.geometry import Size

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Pixels = NDArray[numpy.uint8]

# Lanczos needs three pixels to each side, of the coarser of the two grids.
REACH = 3


class RowBuffer:
    """`pixels` (rows, columns, RGB) are completed from top to bottom, as rows of the canvas are committed."""

    def __init__(self, canvas: Size, target: Size) -> None:
        import numpy

        self.canvas, self.target = canvas, target
        self.pixels = numpy.empty((target.height, target.width, 3), numpy.uint8)
        self._ratio = canvas.height / target.height
        self._kept = self.pixels if canvas == target else numpy.empty((0, canvas.width, 3), numpy.uint8)
        self._top = self._made = 0

    def reserve(self, stop: int) -> "tuple[Pixels, int]":
        """Returns the rows of the canvas up to `stop`, to write to, and the number of the first one."""
        import numpy

        missing = stop - self._top - len(self._kept)
        if missing > 0:
            room = numpy.empty((missing, *self._kept.shape[1:]), numpy.uint8)
            self._kept = numpy.concatenate([self._kept, room])
        return self._kept, self._top

    def commit(self, stop: int) -> None:
        """Declares the rows of the canvas before `stop` as final."""
        if self.canvas == self.target:
            return
        reach = REACH * max(self._ratio, 1)
        is_last = stop == self.canvas.height
        ready = self.target.height if is_last else max(self._made, floor((stop - reach) / self._ratio))
        if ready > self._made:
            self.pixels[self._made : ready] = self._resample(self._made, ready)
            self._made = ready
        unseen = max(0, floor(ready * self._ratio - reach) - self._top)
        self._kept, self._top = self._kept[unseen:].copy(), self._top + unseen

    def _resample(self, start: int, stop: int) -> "Pixels":
        """Returns rows of the result. Pillow reads beyond the box, as far as the filter needs."""
        import numpy
        from PIL import Image

        top, bottom = start * self._ratio - self._top, stop * self._ratio - self._top
        box = (0, top, self.canvas.width, min(bottom, len(self._kept)))
        size = (self.target.width, stop - start)
        return numpy.asarray(Image.fromarray(self._kept).resize(size, Image.Resampling.LANCZOS, box))
