"""Where faces are, by BlazeFace's full range network, which sees those within some five metres of a camera.

Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face Detection on Mobile GPUs", 2019; what its numbers mean is
said in MediaPipe's modules/face_detection/face_detection_full_range.pbtxt.
"""

from collections.abc import Iterator
from functools import cache
from math import exp, log
from typing import TYPE_CHECKING, Any, cast

from imgopt.detection.boxes import Box, keep_best
from imgopt.ncnn_net import can_open, open_ncnn_net
from imgopt.networks import ncnn_path_of

if TYPE_CHECKING:
    from PIL.Image import Image

FACE_DETECTOR = "blazeface-full-range"
ENTRY, SCORES, BOXES = "input", "classifier_face_4", "regressor_face_4"
# The side of what it sees, and of the grid of places that it tells about.
SEEN_SIDE, GRID_SIDE = 192, 48
# How sure it has to be, and how much of the picture a face has to be: chosen on 111 pictures.
LEAST_SCORE, LEAST_AREA = 0.65, 0.01
MOST_OVERLAP = 0.3
MIDDLE_GREY = 127.5
PIXEL_RGB = 1  # ncnn.Mat.PixelType


def is_installed() -> bool:
    """Whether faces can be looked for at all."""
    return can_open(ncnn_path_of(FACE_DETECTOR))


def find_faces(image: "Image") -> list[Box]:
    """The surest first, in an image of mode L, LA, RGB or RGBA; a few hundred pixels on a side are enough.

    What shows through counts as black. Raises NotConfigured without the network.
    """
    longest = max(image.size)
    found = keep_best(_decode(*_run(_frame(image))), MOST_OVERLAP)
    across, down = (longest / side for side in image.size)  # it saw a square, with the picture in the corner
    faces = [
        _clip(box.left * across, box.top * down, box.right * across, box.bottom * down, box.score) for box in found
    ]
    return [face for face in faces if face.area >= LEAST_AREA]


def _frame(image: "Image") -> "Image":
    """As large as it fits into the upper left of a black square."""
    from PIL import Image
    from PIL.Image import Resampling

    scale = SEEN_SIDE / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    small = image.resize((width, height), Resampling.BILINEAR, reducing_gap=2.0)
    square = Image.new("RGB", (SEEN_SIDE, SEEN_SIDE))
    square.paste(small.convert("RGB"), (0, 0), small.getchannel("A") if small.mode in ("LA", "RGBA") else None)
    return square


def _run(square: "Image") -> tuple[list[list[float]], list[list[list[float]]]]:
    """Of each place of the grid how sure it is, before the sigmoid; and the numbers of a box, each on a grid."""
    import ncnn

    pixels = ncnn.Mat.from_pixels(square.tobytes(), PIXEL_RGB, *square.size)
    pixels.substract_mean_normalize([MIDDLE_GREY] * 3, [1 / MIDDLE_GREY] * 3)
    extractor = open_face_detector().create_extractor()
    extractor.input(ENTRY, pixels)
    (_, scores), (_, boxes) = (extractor.extract(name) for name in (SCORES, BOXES))
    return _read(scores)[0], _read(boxes)


def _read(grids: Any) -> list[list[list[float]]]:
    """Of an `ncnn.Mat`, which is a buffer of floats."""
    return cast("list[list[list[float]]]", memoryview(grids).tolist())


def _decode(scores: list[list[float]], boxes: list[list[list[float]]]) -> Iterator[Box]:
    """Numbers of a box are its middle from the place's, and its sides, in pixels of what was seen."""
    least = log(LEAST_SCORE / (1 - LEAST_SCORE))
    for y, line in enumerate(scores):
        for x, value in enumerate(line):
            if value >= least:
                right, down, width, height = (boxes[number][y][x] / SEEN_SIDE for number in range(4))
                middle, level = (x + 0.5) / GRID_SIDE + right, (y + 0.5) / GRID_SIDE + down
                score = 1 / (1 + exp(-value))
                yield Box(middle - width / 2, level - height / 2, middle + width / 2, level + height / 2, score)


def _clip(left: float, top: float, right: float, bottom: float, score: float) -> Box:
    return Box(max(0.0, left), max(0.0, top), min(1.0, right), min(1.0, bottom), score)


@cache
def open_face_detector() -> Any:
    return open_ncnn_net(ncnn_path_of(FACE_DETECTOR), threads=1)
