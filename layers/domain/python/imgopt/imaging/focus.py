"""Chooses where to crop: where faces are whole, then where the most salient region is, else in the centre."""

from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared import vips
from imgopt.detection.boxes import keep_best
from imgopt.detection.faces import MOST_OVERLAP, find_faces, is_installed
from imgopt.imaging.face_focus import hold_faces

if TYPE_CHECKING:
    from PIL.Image import Image

FOCUS_SIDE = 96
# The frames of an animation, spread evenly, in which faces are searched.
FACE_FRAMES = 3
MIDDLE = 0.5
# A place must be this much more salient than the centre. Otherwise the whole scene is busy, or none of it.
STANDS_OUT = 1.05
# A place at the edge counts this much less than one in the centre, where photographers put the subject.
EDGE_DISCOUNT = 0.15
LEAST_MEAN = 4.0
OPAQUE, LEAST_VISIBLE = 255, 1e-6


def choose_focus(images: "Sequence[Image]", shares: tuple[float, float], *, keep_faces: bool) -> tuple[float, float]:
    """Returns the focus of `find_focus`; with `keep_faces`, moved by the least that keeps the detected faces whole."""
    reduced = [reduce_blocks(image) for image in images]
    focus = find_focus(reduced, shares)
    if not keep_faces or not is_installed():
        return focus
    looked_at = reduced[:: -(-len(reduced) // FACE_FRAMES)]
    faces = keep_best((face for image in looked_at for face in find_faces(image)), MOST_OVERLAP)
    return hold_faces(faces, shares, focus) if faces else focus


def find_focus(images: "Iterable[Image]", shares: tuple[float, float]) -> tuple[float, float]:
    """Returns the centre of the best crop, 0 to 1 from left and top. `shares` are the fractions of width and height to
    keep.

    `images` are one picture, or frames of one size with equal weight.

    Salient pixels differ from the mean colour (Achanta et al., Frequency-tuned Salient Region Detection, 2009) or have
    edges. In partly transparent pictures, opaque pixels are salient.
    """
    lines = [_project(_weigh(shrink(image))) for image in images]
    columns, rows = (list(map(sum, zip(*each, strict=True))) for each in zip(*lines, strict=True))
    return _best(columns, shares[0]), _best(rows, shares[1])


def shrink(image: "Image") -> "Image":
    """Returns an RGB or RGBA copy of the size that `find_focus` needs."""
    small = reduce_blocks(image)
    small.thumbnail((FOCUS_SIDE, FOCUS_SIDE))
    return small.convert("RGBA" if image.mode in ("LA", "RGBA") else "RGB")


def reduce_blocks(image: "Image") -> "Image":
    """Reduces a picture by averaging whole blocks, which needs no copy in full size. Can be repeated.

    The longer side then has 192 to 383 pixels, or the original number where that is less.
    """
    return image.reduce(max(1, max(image.size) // (2 * FOCUS_SIDE)))


def _weigh(small: "Image") -> Any:
    """Returns the saliency of each pixel: a vips image of one band.

    Transparent pixels get the mean colour of the visible ones. The more of the picture is transparent, the more opacity
    counts.
    """
    lab = vips.from_pillow(small.convert("RGB")).colourspace("lab")
    if small.mode == "RGB":
        return _saliency(lab)
    visible = vips.from_pillow(small.getchannel("A")) / OPAQUE
    mean = [(lab[band] * visible).avg() / max(visible.avg(), LEAST_VISIBLE) for band in range(3)]
    there = _relative(visible * 100) * (1 - visible.avg())
    return _saliency(lab * visible + (1 - visible) * mean) * visible + there


def _saliency(lab: Any) -> Any:
    return _relative(_far_from_mean(lab)) + _relative(lab[0].gaussblur(0.6).sobel())


def _far_from_mean(lab: Any) -> Any:
    smooth = lab.gaussblur(1)
    return sum((smooth[band] - lab[band].avg()) ** 2 for band in range(3)) ** 0.5


def _project(saliency: Any) -> tuple[list[float], list[float]]:
    """Returns the sums of the columns and of the rows."""
    columns, rows = saliency.project()
    return _numbers(columns), _numbers(rows)


def _relative(saliency: Any) -> Any:
    """Divides by the mean, so that both kinds of saliency have equal weight. Noise in flat pictures stays small."""
    return saliency / max(saliency.avg(), LEAST_MEAN)


def _numbers(line: Any) -> list[float]:
    return [*memoryview(line.cast("double").write_to_memory()).cast("d")]


def _best(line: Sequence[float], share: float) -> float:
    """Returns the centre, 0 to 1, of the window with the highest sum."""
    window = max(1, round(share * len(line)))
    sums = [0.0, *accumulate(line)]
    held = [end - start for start, end in zip(sums, sums[window:], strict=False)]
    middle = (len(held) - 1) / 2
    weighed = [value * (1 - EDGE_DISCOUNT * abs(at - middle) / (middle or 1)) for at, value in enumerate(held)]
    best = max(range(len(weighed)), key=weighed.__getitem__)
    if weighed[best] <= STANDS_OUT * held[int(middle)]:
        return MIDDLE
    return (best + window / 2) / len(line)
