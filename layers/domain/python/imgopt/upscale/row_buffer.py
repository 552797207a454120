"""A network's canvas, row by row into an image of the wanted size: no more of it is kept than a filter can see."""

from math import floor
from typing import TYPE_CHECKING

from imgopt.imaging.geometry import Size

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray

    Pixels = NDArray[numpy.uint8]

# Pixels to either side that Lanczos looks at: three, of the coarser of the two grids.
REACH = 3


class RowBuffer:
    """`pixels` (rows, columns, RGB) become complete as rows of the canvas do, from top to bottom."""

    def __init__(self, canvas: Size, target: Size) -> None:
        import numpy

        self.canvas, self.target = canvas, target
        self.pixels = numpy.empty((target.height, target.width, 3), numpy.uint8)
        self._ratio = canvas.height / target.height
        self._kept = self.pixels if canvas == target else numpy.empty((0, canvas.width, 3), numpy.uint8)
        self._top = self._made = 0

    def reserve(self, stop: int) -> "tuple[Pixels, int]":
        """Rows of the canvas up to `stop` to write to, and the number of the first of them."""
        import numpy

        missing = stop - self._top - len(self._kept)
        if missing > 0:
            room = numpy.empty((missing, *self._kept.shape[1:]), numpy.uint8)
            self._kept = numpy.concatenate([self._kept, room])
        return self._kept, self._top

    def commit(self, stop: int) -> None:
        """Rows of the canvas before `stop` won't change any more."""
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
        """Rows of the target. Pillow looks beyond the box, as far as the filter does."""
        import numpy
        from PIL import Image

        top, bottom = start * self._ratio - self._top, stop * self._ratio - self._top
        box = (0, top, self.canvas.width, min(bottom, len(self._kept)))
        size = (self.target.width, stop - start)
        return numpy.asarray(Image.fromarray(self._kept).resize(size, Image.Resampling.LANCZOS, box))
