"""Where a crop should be taken: where faces are whole, where most of what stands out lies, else in the middle."""

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
# Frames of an animation, spread evenly, in which faces are looked for.
FACE_FRAMES = 3
MIDDLE = 0.5
# How much more than the middle another place must hold; below, a scene is busy everywhere, or nowhere.
STANDS_OUT = 1.05
# A place at the very edge counts this much less than one in the middle: people put what matters there.
EDGE_DISCOUNT = 0.15
LEAST_MEAN = 4.0
OPAQUE, LEAST_VISIBLE = 255, 1e-6


def choose_focus(images: "Sequence[Image]", shares: tuple[float, float], *, keep_faces: bool) -> tuple[float, float]:
    """As `find_focus` does; with `keep_faces`, moved as little as it takes for the faces that are found to be whole."""
    reduced = [reduce_blocks(image) for image in images]
    focus = find_focus(reduced, shares)
    if not keep_faces or not is_installed():
        return focus
    looked_at = reduced[:: -(-len(reduced) // FACE_FRAMES)]
    faces = keep_best((face for image in looked_at for face in find_faces(image)), MOST_OVERLAP)
    return hold_faces(faces, shares, focus) if faces else focus


def find_focus(images: "Iterable[Image]", shares: tuple[float, float]) -> tuple[float, float]:
    """The middle of the best crop, 0-1 from left and top; `shares` are the parts of width and height that it keeps.

    `images` are one picture, or frames of one size, which count alike.

    Salient is what differs from the mean colour, after Achanta et al., Frequency-tuned Salient Region Detection
    (2009), and what has edges; in a picture that is partly transparent, what can be seen at all.
    """
    lines = [_project(_weigh(shrink(image))) for image in images]
    columns, rows = (list(map(sum, zip(*each, strict=True))) for each in zip(*lines, strict=True))
    return _best(columns, shares[0]), _best(rows, shares[1])


def shrink(image: "Image") -> "Image":
    """RGB or RGBA, as small as `find_focus` needs it."""
    small = reduce_blocks(image)
    small.thumbnail((FOCUS_SIDE, FOCUS_SIDE))
    return small.convert("RGBA" if image.mode in ("LA", "RGBA") else "RGB")


def reduce_blocks(image: "Image") -> "Image":
    """At least 192 pixels on the longer side, less than twice as many, or as many as there are.

    Whole blocks are averaged, so that no copy in full size is needed. A second time changes nothing.
    """
    return image.reduce(max(1, max(image.size) // (2 * FOCUS_SIDE)))


def _weigh(small: "Image") -> Any:
    """How salient each pixel is: a vips image of one band.

    What can't be seen gets the mean colour of what can. The more of the picture is so, the more counts being seen.
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
    """Its sums by column and by row."""
    columns, rows = saliency.project()
    return _numbers(columns), _numbers(rows)


def _relative(saliency: Any) -> Any:
    """Times its mean, so that kinds of saliency weigh alike; noise in an even area stays small."""
    return saliency / max(saliency.avg(), LEAST_MEAN)


def _numbers(line: Any) -> list[float]:
    return [line(x, y)[0] for y in range(line.height) for x in range(line.width)]


def _best(line: Sequence[float], share: float) -> float:
    """The middle of the window of a line that holds most, 0-1."""
    window = max(1, round(share * len(line)))
    sums = [0.0, *accumulate(line)]
    held = [end - start for start, end in zip(sums, sums[window:], strict=False)]
    middle = (len(held) - 1) / 2
    weighed = [value * (1 - EDGE_DISCOUNT * abs(at - middle) / (middle or 1)) for at, value in enumerate(held)]
    best = max(range(len(weighed)), key=weighed.__getitem__)
    if weighed[best] <= STANDS_OUT * held[int(middle)]:
        return MIDDLE
    return (best + window / 2) / len(line)
