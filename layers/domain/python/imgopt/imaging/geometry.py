"""Sizes and placements, without pixels: which part of an image goes where on a canvas."""

from dataclasses import dataclass

from imgopt.imaging.options import ResizeBehavior

CENTER = (0.5, 0.5)


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, each at least 1."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def scaled(self, factor: float) -> "Size":
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))


@dataclass(frozen=True)
class Placement:
    """The part `box` of an image (left, top, right, bottom) is scaled to `scaled` and centred on `canvas`. All in
    pixels.
    """

    box: tuple[float, float, float, float]
    scaled: Size
    canvas: Size

    @property
    def factor(self) -> float:
        """The factor by which the part is enlarged."""
        return max(
            self.scaled.width / (self.box[2] - self.box[0]),
            self.scaled.height / (self.box[3] - self.box[1]),
        )

    def scaled_by(self, factor: float) -> "Placement":
        return Placement(self.box, self.scaled.scaled(factor), self.canvas.scaled(factor))

    @property
    def offset(self) -> tuple[int, int]:
        return (self.canvas.width - self.scaled.width) // 2, (self.canvas.height - self.scaled.height) // 2


def canvas_for(
    source: Size,
    width: int | None,
    height: int | None,
    behavior: ResizeBehavior = ResizeBehavior.PAD,
    shape: Size | None = None,
) -> Size:
    """Returns the size of the result: the requested one; in proportion where only one side is given.

    With FIT it is the largest size in proportion within both sides and the source. `shape` has the exact proportions,
    where the source's whole pixels don't.
    """
    shape = shape or source
    if behavior is ResizeBehavior.FIT:
        box = Size(min(width or source.width, source.width), min(height or source.height, source.height))
        return inside(shape, box)
    if width and height:
        return Size(width, height)
    if width:
        return Size(width, max(1, round(shape.height * width / shape.width)))
    if height:
        return Size(max(1, round(shape.width * height / shape.height)), height)
    return source


def place(source: Size, canvas: Size, behavior: ResizeBehavior, focus: tuple[float, float] = CENTER) -> Placement:
    """Places the whole source on the canvas; with CROP, the part around `focus` that fills the canvas.

    A canvas in proportion is filled by the whole source. `focus` is a point of the source, 0 to 1 from left and top.
    """
    if cuts(source, canvas, behavior):
        return Placement(_crop_box(source, canvas, focus), canvas, canvas)
    fills = behavior is ResizeBehavior.FIT or is_in_proportion(source, canvas)
    return Placement((0, 0, source.width, source.height), canvas if fills else inside(source, canvas), canvas)


def is_in_proportion(source: Size, canvas: Size) -> bool:
    """Returns whether the canvas has the source's proportions, but for the rounding of one side."""
    return (
        round(source.height * canvas.width / source.width) == canvas.height
        or round(source.width * canvas.height / source.height) == canvas.width
    )


def inside(source: Size, box: Size) -> Size:
    """Returns the source's size scaled to fit into the box."""
    factor = min(box.width / source.width, box.height / source.height)
    return Size(
        min(box.width, max(1, round(source.width * factor))),
        min(box.height, max(1, round(source.height * factor))),
    )


def cuts(source: Size, canvas: Size, behavior: ResizeBehavior) -> bool:
    """Returns whether a crop removes anything; in proportion it doesn't."""
    return behavior is ResizeBehavior.CROP and not is_in_proportion(source, canvas)


def shares_kept(source: Size, canvas: Size) -> tuple[float, float]:
    """Returns the fractions of width and height that a crop keeps, up to 1; one of them is 1."""
    factor = max(canvas.width / source.width, canvas.height / source.height)
    return min(1, canvas.width / factor / source.width), min(1, canvas.height / factor / source.height)


def _crop_box(source: Size, canvas: Size, focus: tuple[float, float]) -> tuple[float, float, float, float]:
    shares = shares_kept(source, canvas)
    width, height = shares[0] * source.width, shares[1] * source.height
    left = min(max(focus[0] * source.width - width / 2, 0), source.width - width)
    top = min(max(focus[1] * source.height - height / 2, 0), source.height - height)
    return left, top, left + width, top + height
