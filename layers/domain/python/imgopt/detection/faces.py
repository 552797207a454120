"""Finds faces by BlazeFace's full range network, which detects faces within about five metres of a camera.

Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019. MediaPipe's
modules/face_detection/face_detection_full_range.pbtxt defines its outputs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import exp, log
from typing import TYPE_CHECKING, Any, cast

from imgopt.detection.boxes import Box, keep_best, overlap
from imgopt.ncnn_net import can_open, open_ncnn_net
from imgopt.networks import ncnn_path_of

if TYPE_CHECKING:
    from PIL.Image import Image

FACE_DETECTOR = "blazeface-full-range"
ENTRY, SCORES, BOXES = "input", "classifier_face_4", "regressor_face_4"
# The side of the network's input in pixels, and of its output grid.
SEEN_SIDE, GRID_SIDE = 192, 48
# The lowest confidence in each of two passes, the lowest average of both, and the smallest share of the picture: chosen
# on 122 pictures.
LEAST_IN_LOOK, SURE_OF_FACE, LEAST_AREA = 0.25, 0.45, 0.01
MOST_OVERLAP = 0.3
# Landmarks follow the box in the output: the eyes, the tip of the nose, the middle of the mouth and the ears.
FIRST_POINT, EYES, MOUTH = 4, slice(0, 2), 3
# Fractions of the box's height and width: the chin below it, and the side of a face beside the outermost landmark.
# Fractions of the distance from mouth to eyes: the chin below the mouth, and the brows above the eyes. Means of 19
# faces.
CHIN_BELOW_BOX, BESIDE_POINTS, CHIN_BELOW_MOUTH, BROWS_ABOVE_EYES = 0.07, 0.04, 0.77, 0.85
MIDDLE_GREY = 127.5
PIXEL_RGB = 1  # ncnn.Mat.PixelType


@dataclass(frozen=True)
class DetectedFace:
    """A face in one pass: the network's box, and the outline from the brows to the chin, with the same confidence."""

    box: Box
    outline: Box


def is_installed() -> bool:
    """Returns whether the network is installed."""
    return can_open(ncnn_path_of(FACE_DETECTOR))


def find_faces(image: "Image") -> list[Box]:
    """Returns faces, the most confident first, in an image of mode L, LA, RGB or RGBA; some hundred pixels a side
    suffice.

    Two passes, one of them mirrored, must both find a face. Transparent pixels count as black. Raises NotConfigured
    without the network.
    """
    from PIL.Image import Transpose

    mirrored = [_mirror(face) for face in _look(image.transpose(Transpose.FLIP_LEFT_RIGHT))]
    found = [
        _mean(face.outline, other.outline) for face in _look(image) for other in mirrored if _are_same(face, other)
    ]
    faces = keep_best(map(_clip, found), MOST_OVERLAP)
    return [face for face in faces if face.score >= SURE_OF_FACE and face.area >= LEAST_AREA]


def _look(image: "Image") -> list[DetectedFace]:
    # the network's input is a square with the picture in its upper left corner
    across, down = (max(image.size) / side for side in image.size)
    faces = list(_decode(*_run(_frame(image))))
    kept = set(keep_best((face.box for face in faces), MOST_OVERLAP))
    return [
        DetectedFace(_stretch(face.box, across, down), _stretch(face.outline, across, down))
        for face in faces
        if face.box in kept
    ]


def _are_same(one: DetectedFace, other: DetectedFace) -> bool:
    return overlap(one.box, other.box) > MOST_OVERLAP


def _mean(one: Box, other: Box) -> Box:
    return Box(
        (one.left + other.left) / 2,
        (one.top + other.top) / 2,
        (one.right + other.right) / 2,
        (one.bottom + other.bottom) / 2,
        (one.score + other.score) / 2,
    )


def _mirror(face: DetectedFace) -> DetectedFace:
    return DetectedFace(
        *(Box(1 - box.right, box.top, 1 - box.left, box.bottom, box.score) for box in (face.box, face.outline))
    )


def _stretch(box: Box, across: float, down: float) -> Box:
    return Box(box.left * across, box.top * down, box.right * across, box.bottom * down, box.score)


def _clip(box: Box) -> Box:
    return Box(max(0.0, box.left), max(0.0, box.top), min(1.0, box.right), min(1.0, box.bottom), box.score)


def _frame(image: "Image") -> "Image":
    """Returns the image scaled to fit into the upper left of a black square."""
    from PIL import Image
    from PIL.Image import Resampling

    scale = SEEN_SIDE / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    small = image.resize((width, height), Resampling.BILINEAR, reducing_gap=2.0)
    square = Image.new("RGB", (SEEN_SIDE, SEEN_SIDE))
    square.paste(small.convert("RGB"), (0, 0), small.getchannel("A") if small.mode in ("LA", "RGBA") else None)
    return square


def _run(square: "Image") -> tuple[list[list[float]], list[list[list[float]]]]:
    """Returns for each cell of the grid the confidence before the sigmoid, and the numbers of a box."""
    import ncnn

    pixels = ncnn.Mat.from_pixels(square.tobytes(), PIXEL_RGB, *square.size)
    pixels.substract_mean_normalize([MIDDLE_GREY] * 3, [1 / MIDDLE_GREY] * 3)
    extractor = open_face_detector().create_extractor()
    extractor.input(ENTRY, pixels)
    (_, scores), (_, boxes) = (extractor.extract(name) for name in (SCORES, BOXES))
    return _read(scores)[0], _read(boxes)


def _read(grids: Any) -> list[list[list[float]]]:
    """Returns the values of an `ncnn.Mat`, which is a buffer of floats."""
    return cast("list[list[list[float]]]", memoryview(grids).tolist())


def _decode(scores: list[list[float]], boxes: list[list[list[float]]]) -> Iterator[DetectedFace]:
    """Yields the faces. A box's numbers are its centre relative to the cell, its width and height, in pixels of the
    input.
    """
    least = log(LEAST_IN_LOOK / (1 - LEAST_IN_LOOK))
    for y, line in enumerate(scores):
        for x, value in enumerate(line):
            if value >= least:
                middle, level = (x + 0.5) / GRID_SIDE, (y + 0.5) / GRID_SIDE
                numbers = [plane[y][x] / SEEN_SIDE for plane in boxes]
                yield read_face(numbers, middle, level, 1 / (1 + exp(-value)))


def read_face(numbers: list[float], middle: float, level: float, score: float) -> DetectedFace:
    right, down, width, height = numbers[:FIRST_POINT]
    left, top = middle + right - width / 2, level + down - height / 2
    box = Box(left, top, left + width, top + height, score)
    across = [middle + number for number in numbers[FIRST_POINT::2]]
    heights = [level + number for number in numbers[FIRST_POINT + 1 :: 2]]
    return DetectedFace(box, _mean(_lower_chin(box), _outline_points(across, heights, box)))


def _lower_chin(box: Box) -> Box:
    return Box(box.left, box.top, box.right, box.bottom + CHIN_BELOW_BOX * (box.bottom - box.top), box.score)


def _outline_points(across: list[float], heights: list[float], box: Box) -> Box:
    """Returns the outline: from ear to ear, or to the nose in profile faces, where the box extends ahead."""
    beside = BESIDE_POINTS * (box.right - box.left)
    eyes, mouth = sum(heights[EYES]) / 2, heights[MOUTH]
    top, bottom = eyes - BROWS_ABOVE_EYES * (mouth - eyes), mouth + CHIN_BELOW_MOUTH * (mouth - eyes)
    return Box(min(across) - beside, top, max(across) + beside, bottom, box.score)


@cache
def open_face_detector() -> Any:
    return open_ncnn_net(ncnn_path_of(FACE_DETECTOR), threads=1)
