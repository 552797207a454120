"""Finds things of COCO's 80 categories by NanoDet.

The constants are those of https://github.com/RangiLyu/nanodet, config/legacy_v0.x_configs/nanodet-t.yml.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imgopt.detection.boxes import Box, keep_best, overlap
from imgopt.ncnn_net import can_open, open_ncnn_net
from imgopt.networks import ncnn_path_of

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image

THING_DETECTOR = "nanodet"
# COCO's categories, in COCO's order.
NAMES: tuple[str, ...] = tuple(json.loads(Path(__file__).with_name("coco.json").read_text()))
SQUARE_SIDE = 416
# Normalization of red, green and blue in training; the input has the opposite order.
MEANS, DEVIATIONS = (123.675, 116.28, 103.53), (58.395, 57.12, 57.375)
# A side of a box is the expected value of a distribution over this many distances.
STEPS = 11
LEAST_SURE, MOST_SHARED = 0.3, 0.6
# The overlap from which boxes of two passes count as the same thing.
SAME_PLACE = 0.5
# The outputs for the three grids, and the pixels per cell of each.
GRIDS = {"PartitionedCall/Add_29": 8, "PartitionedCall/Add_33": 16, "PartitionedCall/Add_37": 32}
INPUT = "input_1"
PIXEL_RGB_TO_BGR = 1 | (2 << 16)  # ncnn.Mat.PixelType


@dataclass(frozen=True)
class Thing:
    """`name` is one of COCO's categories."""

    name: str
    box: Box


def can_find_things() -> bool:
    """Returns whether the network is installed."""
    return can_open(ncnn_path_of(THING_DETECTOR))


def find_things(image: "Image") -> list[Thing]:
    """Returns things, the most confident first, in an image of mode L or RGB. Confidences are means of two passes, one
    of them mirrored.

    Raises NotConfigured without the network.
    """
    from PIL.Image import Resampling, Transpose

    square = image.convert("RGB").resize((SQUARE_SIDE, SQUARE_SIDE), Resampling.BILINEAR, reducing_gap=2.0)
    mirrored = [_mirror(thing) for thing in find_in_square(square.transpose(Transpose.FLIP_LEFT_RIGHT))]
    found = [_confirm(thing, mirrored) for thing in find_in_square(square)]
    return sorted(found, key=lambda thing: -thing.box.score)


def find_in_square(square: "Image") -> list[Thing]:
    """Returns the things in a square of 416 pixels with a confidence above 0.3, each once."""
    found = list(_find(square))
    return [
        Thing(name, box)
        for name in dict.fromkeys(thing.name for thing in found)
        for box in keep_best((thing.box for thing in found if thing.name == name), MOST_SHARED)
    ]


def _mirror(thing: Thing) -> Thing:
    return Thing(thing.name, replace(thing.box, left=1 - thing.box.right, right=1 - thing.box.left))


def _confirm(thing: Thing, others: Sequence[Thing]) -> Thing:
    """Returns the thing with the mean confidence of both passes; 0 where the other pass doesn't find it."""
    same = (each.box for each in others if each.name == thing.name and overlap(each.box, thing.box) >= SAME_PLACE)
    score = (thing.box.score + max((box.score for box in same), default=0.0)) / 2
    return Thing(thing.name, replace(thing.box, score=score))


def _find(square: "Image") -> Iterator[Thing]:
    """Yields things, several times each, from neighbouring cells."""
    import ncnn
    import numpy

    pixels = ncnn.Mat.from_pixels(square.tobytes(), PIXEL_RGB_TO_BGR, *square.size)
    pixels.substract_mean_normalize(MEANS[::-1], [1 / each for each in DEVIATIONS[::-1]])
    extractor = open_thing_detector().create_extractor()
    extractor.input(INPUT, pixels)
    for name, stride in GRIDS.items():
        _, result = extractor.extract(name)
        yield from decode_grid(numpy.array(result), stride)


def decode_grid(grid: "NDArray[numpy.float32]", stride: int) -> Iterator[Thing]:
    """Yields things. `grid` has for each cell the confidence of each category, before the sigmoid, and the distances of
    the four sides.
    """
    import numpy

    scores = 1 / (1 + numpy.exp(-grid[: len(NAMES)]))
    sides = grid[len(NAMES) :].reshape(4, STEPS, *grid.shape[1:])
    weights = numpy.exp(sides - sides.max(axis=1, keepdims=True))
    far = (weights * numpy.arange(STEPS)[:, None, None]).sum(axis=1) / weights.sum(axis=1) * stride
    for kind, y, x in zip(*numpy.nonzero(scores >= LEAST_SURE), strict=True):
        left, top, right, bottom = far[:, y, x].tolist()
        across, down = (float(x) + 0.5) * stride, (float(y) + 0.5) * stride
        ends = (across - left, down - top, across + right, down + bottom)
        box = [min(1.0, max(0.0, end / SQUARE_SIDE)) for end in ends]
        yield Thing(NAMES[kind], Box(box[0], box[1], box[2], box[3], float(scores[kind, y, x])))


@cache
def open_thing_detector() -> Any:
    return open_ncnn_net(ncnn_path_of(THING_DETECTOR), threads=1)
