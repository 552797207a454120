"""Classifies an image by EfficientNet-Lite1 and Lite2, trained on ImageNet."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from imgopt.errors import NotConfigured
from imgopt.networks import path_of
from imgopt.tagging.scene_head import join_features
from imgopt.tagging.subjects import Probabilities

if TYPE_CHECKING:
    import numpy
    from numpy.typing import NDArray
    from PIL.Image import Image


@dataclass(frozen=True)
class Classifier:
    """`side` is that of the network's input in pixels, as in training."""

    name: str
    side: int


@dataclass(frozen=True)
class Classification:
    """`classes` are the probabilities of the 1000 classes in each of three crops, the mean of both classifiers.
    `features` are the inputs of the last layer: 1280 numbers for each classifier, the mean of all crops.
    """

    classes: list[Probabilities]
    features: "NDArray[numpy.float32]"


CLASSIFIERS = (Classifier("efficientnet-lite1", 240), Classifier("efficientnet-lite2", 260))
NOT_INSTALLED = "Tagging is not installed: its networks are missing."
OUTDATED = "Tagging is not installed: its networks are of an earlier version."
# As in training: the margin that is cropped, and the scaling of values.
MARGIN = 16
MIDDLE_VALUE, RANGE = 127, 128
NETWORK_OUTPUTS = ("probabilities", "features")


def classify_image(image: "Image") -> Classification:
    """Classifies an image of any size, in mode L or RGB.

    Raises NotConfigured where a network or its runtime is not installed.
    """
    seen = image.convert("RGB")
    found = [_classify(seen, classifier) for classifier in CLASSIFIERS]
    classes = zip(*([classes for classes, _ in looks] for looks in found), strict=True)
    means = [(sum(look) / len(look)).tolist() for look in classes]
    return Classification(means, join_features([[features for _, features in looks] for looks in found]))


def _classify(image: "Image", classifier: Classifier) -> "list[tuple[NDArray[numpy.float32], ...]]":
    """Returns the probabilities and the features of each crop."""
    session = open_classifier(classifier.name)
    results = [session.run(NETWORK_OUTPUTS, {"image": _to_input(view)}) for view in _views(image, classifier.side)]
    return [(classes[0], features[0]) for classes, features in results]


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
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    if tuple(output.name for output in session.get_outputs()) != NETWORK_OUTPUTS:
        raise NotConfigured(OUTDATED)
    return session


def _views(image: "Image", side: int) -> "Iterator[Image]":
    """Yields the central crop as in training, the whole squeezed into a square, and the whole with margins."""
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
    """Returns the image centred in a square of its mean colour."""
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
