"""Looks at an image by EfficientNet-Lite1 and Lite2, trained on ImageNet: what both say is their mean."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from imgopt.errors import NotConfigured
from imgopt.networks import path_of
from imgopt.tagging.subjects import Probabilities

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image


@dataclass(frozen=True)
class Classifier:
    """`side` is that of what it sees, in pixels, as it was trained."""

    name: str
    side: int


CLASSIFIERS = (Classifier("efficientnet-lite1", 240), Classifier("efficientnet-lite2", 260))
NOT_INSTALLED = "Tagging is not installed: its models are missing."
# As they were trained: the margin left out around what they see, and how values are scaled.
MARGIN = 16
MIDDLE_VALUE, RANGE = 127, 128


def classify_looks(image: "Image") -> list[Probabilities]:
    """The probabilities of the 1000 classes in each of three looks at an image of any size, in mode L or RGB.

    Raises NotConfigured where a network or what runs it is not installed.
    """
    seen = image.convert("RGB")
    looks = zip(*(_classify(seen, classifier) for classifier in CLASSIFIERS), strict=True)
    return [(sum(look) / len(look)).tolist() for look in looks]


def _classify(image: "Image", classifier: Classifier) -> "list[NDArray[numpy.float32]]":
    session = open_classifier(classifier.name)
    return [session.run(None, {"image": _to_input(view)})[0][0] for view in _views(image, classifier.side)]


@cache
def open_classifier(name: str) -> Any:
    try:
        import onnxruntime
    except ImportError as error:
        raise NotConfigured(NOT_INSTALLED) from error
    path = path_of(name)
    if not path.exists():
        raise NotConfigured(NOT_INSTALLED)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])


def _views(image: "Image", side: int) -> "Iterator[Image]":
    """The middle as in training, all of it squeezed into a square, and all of it in a square."""
    yield from (_cut_middle(image, side), _squeeze(image, side), _frame(image, side))


def _cut_middle(image: "Image", side: int) -> "Image":
    from PIL.Image import Resampling

    seen = min(image.size) * side / (side + 2 * MARGIN)
    left, top = (image.width - seen) / 2, (image.height - seen) / 2
    box = (left, top, left + seen, top + seen)
    return image.resize((side, side), Resampling.BICUBIC, box=box, reducing_gap=2.0)


def _squeeze(image: "Image", side: int) -> "Image":
    from PIL.Image import Resampling

    return image.resize((side, side), Resampling.BICUBIC, reducing_gap=2.0)


def _frame(image: "Image", side: int) -> "Image":
    """In the middle of a square of its mean colour."""
    from PIL import Image
    from PIL.Image import Resampling

    scale = side / max(image.size)
    width, height = (max(1, round(length * scale)) for length in image.size)
    small = image.resize((width, height), Resampling.BICUBIC, reducing_gap=2.0)
    square = Image.new("RGB", (side, side), small.resize((1, 1), Resampling.BOX).getpixel((0, 0)))
    square.paste(small, ((side - width) // 2, (side - height) // 2))
    return square


def _to_input(view: "Image") -> "NDArray[numpy.float32]":
    import numpy

    values = (numpy.asarray(view, numpy.float32) - numpy.float32(MIDDLE_VALUE)) / numpy.float32(RANGE)
    return values.transpose(2, 0, 1)[None]
