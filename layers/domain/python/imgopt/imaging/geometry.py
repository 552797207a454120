"""Sizes and places, apart from pixels: what part of an image goes where on which canvas."""

from dataclasses import dataclass

from imgopt.imaging.options import ResizeBehavior

CENTER = (0.5, 0.5)


@dataclass(frozen=True)
class Size:
    """Width and height in pixels, at least 1."""

    width: int
    height: int

    @property
    def pixels(self) -> int:
        return self.width * self.height

    def scaled(self, factor: float) -> "Size":
        return Size(max(1, round(self.width * factor)), max(1, round(self.height * factor)))


@dataclass(frozen=True)
class Placement:
    """The part `box` of an image (left, top, right, bottom) is scaled to `scaled` and put in the middle of `canvas`."""

    box: tuple[float, float, float, float]
    scaled: Size
    canvas: Size

    @property
    def factor(self) -> float:
        """How much larger the part becomes."""
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
    source: Size, width: int | None, height: int | None, behavior: ResizeBehavior = ResizeBehavior.PAD
) -> Size:
    """The size that comes out: exactly the one asked for, in proportion where only one side is.

    With FIT it is the largest in proportion that no side is too long for, and never larger than the source.
    """
    if behavior is ResizeBehavior.FIT:
        box = Size(min(width or source.width, source.width), min(height or source.height, source.height))
        return inside(source, box)
    if width and height:
        return Size(width, height)
    if width:
        return Size(width, max(1, round(source.height * width / source.width)))
    if height:
        return Size(max(1, round(source.width * height / source.height)), height)
    return source


def place(source: Size, canvas: Size, behavior: ResizeBehavior, focus: tuple[float, float] = CENTER) -> Placement:
    """All of the source inside the canvas, or with CROP as much of it as fills the canvas, around `focus`.

    A canvas of FIT has the source's proportions already. `focus` is a point of the source, 0-1 from left and from top.
    """
    if behavior is ResizeBehavior.CROP:
        return Placement(_crop_box(source, canvas, focus), canvas, canvas)
    scaled = canvas if behavior is ResizeBehavior.FIT else inside(source, canvas)
    return Placement((0, 0, source.width, source.height), scaled, canvas)


def inside(source: Size, box: Size) -> Size:
    """The source in proportion, as large as the box can hold it."""
    factor = min(box.width / source.width, box.height / source.height)
    return Size(
        min(box.width, max(1, round(source.width * factor))),
        min(box.height, max(1, round(source.height * factor))),
    )


def cuts(source: Size, canvas: Size, behavior: ResizeBehavior) -> bool:
    """Whether something is left out: a crop to the same proportions keeps all."""
    return behavior is ResizeBehavior.CROP and source.width * canvas.height != source.height * canvas.width


def shares_kept(source: Size, canvas: Size) -> tuple[float, float]:
    """The parts of width and height, up to 1, that a crop keeps; one of them is 1."""
    factor = max(canvas.width / source.width, canvas.height / source.height)
    return min(1, canvas.width / factor / source.width), min(1, canvas.height / factor / source.height)


def _crop_box(source: Size, canvas: Size, focus: tuple[float, float]) -> tuple[float, float, float, float]:
    shares = shares_kept(source, canvas)
    width, height = shares[0] * source.width, shares[1] * source.height
    left = min(max(focus[0] * source.width - width / 2, 0), source.width - width)
    top = min(max(focus[1] * source.height - height / 2, 0), source.height - height)
    return left, top, left + width, top + height
