"""The confidence that things of Open Images are in a picture, by an SSD with MobileNetV2. Their places are not
computed.

The network is part of MediaPipe's Objectron; modules/objectron/object_detection_oid_v4_cpu.pbtxt defines its outputs.
"""

from functools import cache
from typing import TYPE_CHECKING, Any

from imgopt.ncnn_net import can_open, open_ncnn_net
from imgopt.networks import ncnn_path_of

if TYPE_CHECKING:
    from PIL.Image import Image

SECOND_DETECTOR = "ssd-open-images"
SEEN_ENTRY = "normalized_input_image_tensor"
SEEN_PIXELS = 300
# One tensor for each size of boxes: for each place and box, one number for each name.
OUTPUTS = tuple(f"BoxPredictor_{number}/ClassPredictor/BiasAdd" for number in range(6))
# The network's classes in its order, by COCO's names. The background, and classes of little use as tags, are "".
KNOWN_THINGS = (
    "", "bicycle", "shoe", "laptop", "person", "chair", "cow", "", "cat", "mouse", "tv", "", "cup", "cup", "", "",
    "bottle", "shoe", "", "shoe", "dog", "book", "camera", "car",
)  # fmt: skip
CENTER_VALUE = 127.5
PIXELS_RGB = 1  # ncnn.Mat.PixelType


def can_score_things() -> bool:
    """Returns whether the network is installed."""
    return can_open(ncnn_path_of(SECOND_DETECTOR))


def score_things(image: "Image") -> dict[str, float]:
    """Returns the confidence, 0 to 1, for each name, in an image of mode L or RGB.

    Raises NotConfigured without the network.
    """
    import ncnn
    from PIL.Image import Resampling

    square = image.convert("RGB").resize((SEEN_PIXELS, SEEN_PIXELS), Resampling.BILINEAR, reducing_gap=2.0)
    pixels = ncnn.Mat.from_pixels(square.tobytes(), PIXELS_RGB, *square.size)
    pixels.substract_mean_normalize([CENTER_VALUE] * 3, [1 / CENTER_VALUE] * 3)
    extractor = open_second_detector().create_extractor()
    extractor.input(SEEN_ENTRY, pixels)
    return read_scores([extractor.extract(name)[1] for name in OUTPUTS])


def read_scores(outputs: list[Any]) -> dict[str, float]:
    """Returns the highest confidence of each name. The tensors have the shape (boxes times names, height, width),
    before the sigmoid.
    """
    import numpy

    names = len(KNOWN_THINGS)
    highest = numpy.max([numpy.array(each).reshape(-1, names, each.h * each.w).max((0, 2)) for each in outputs], 0)
    scores = dict.fromkeys(filter(None, KNOWN_THINGS), 0.0)
    for name, value in zip(KNOWN_THINGS, 1 / (1 + numpy.exp(-highest)), strict=True):
        if name:
            scores[name] = max(scores[name], float(value))
    return scores


@cache
def open_second_detector() -> Any:
    return open_ncnn_net(ncnn_path_of(SECOND_DETECTOR), threads=1)
