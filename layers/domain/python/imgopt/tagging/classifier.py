"""Looks at an image by EfficientNet-Lite2, trained on ImageNet."""

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from imgopt.errors import NotConfigured
from imgopt.networks import path_of
from imgopt.tagging.subjects import Probabilities

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image

CLASSIFIER = "efficientnet-lite2"
NOT_INSTALLED = "Tagging is not installed: its models are missing."
# As it was trained: the side of what it sees, the margin left out around it, and how values are scaled.
SIDE, MARGIN = 260, 16
MIDDLE_VALUE, RANGE = 127, 128


def classify_looks(image: "Image") -> list[Probabilities]:
    """The probabilities of the 1000 classes in each of three looks at an image of any size, in mode L or RGB.

    Raises NotConfigured where the network or what runs it is not installed.
    """
    session = open_classifier()
    return [session.run(None, {"image": _to_input(each)})[0][0].tolist() for each in _views(image.convert("RGB"))]


@cache
def open_classifier() -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise NotConfigured(NOT_INSTALLED) from error
    path = path_of(CLASSIFIER)
    if not path.exists():
        raise NotConfigured(NOT_INSTALLED)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _views(image: "Image") -> "Iterator[Image]":
    """The middle as in training, all of it squeezed into a square, and all of it in a square."""
    yield from (_cut_middle(image), _squeeze(image), _frame(image))


def _cut_middle(image: "Image") -> "Image":
    from PIL.Image import Resampling

    side = min(image.size) * SIDE / (SIDE + 2 * MARGIN)
    left, top = (image.width - side) / 2, (image.height - side) / 2
    box = (left, top, left + side, top + side)
    return image.resize((SIDE, SIDE), Resampling.BICUBIC, box=box, reducing_gap=2.0)


def _squeeze(image: "Image") -> "Image":
    from PIL.Image import Resampling

    return image.resize((SIDE, SIDE), Resampling.BICUBIC, reducing_gap=2.0)


def _frame(image: "Image") -> "Image":
    """In the middle of a square of its mean colour."""
    from PIL import Image
    from PIL.Image import Resampling

    scale = SIDE / max(image.size)
    width, height = (max(1, round(side * scale)) for side in image.size)
    small = image.resize((width, height), Resampling.BICUBIC, reducing_gap=2.0)
    square = Image.new("RGB", (SIDE, SIDE), small.resize((1, 1), Resampling.BOX).getpixel((0, 0)))
    square.paste(small, ((SIDE - width) // 2, (SIDE - height) // 2))
    return square


def _to_input(view: "Image") -> "NDArray[numpy.float32]":
    import numpy

    values = (numpy.asarray(view, numpy.float32) - numpy.float32(MIDDLE_VALUE)) / numpy.float32(RANGE)
    return values.transpose(2, 0, 1)[None]
