"""How sure an SSD with MobileNetV2 is of things that Open Images knows, anywhere in a picture.

It lies in MediaPipe's Objectron, which looks by it for what it then turns around in space; what its numbers mean is
said in MediaPipe's modules/objectron/object_detection_oid_v4_cpu.pbtxt. Where the things are isn't asked for.
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
# A tensor for each size of boxes: for each place and box one number a name.
OUTPUTS = tuple(f"BoxPredictor_{number}/ClassPredictor/BiasAdd" for number in range(6))
# In its order, as COCO calls them: the background and what would say little are "".
KNOWN_THINGS = (
    "", "bicycle", "shoe", "laptop", "person", "chair", "cow", "", "cat", "mouse", "tv", "", "cup", "cup", "", "",
    "bottle", "shoe", "", "shoe", "dog", "book", "camera", "car",
)  # fmt: skip
CENTER_VALUE = 127.5
PIXELS_RGB = 1  # ncnn.Mat.PixelType


def can_score_things() -> bool:
    """Whether it is there."""
    return can_open(ncnn_path_of(SECOND_DETECTOR))


def score_things(image: "Image") -> dict[str, float]:
    """For each name how sure it is that there is one, 0-1, in an image of mode L or RGB.

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
    """The highest of each name, of tensors of shape (boxes times names, height, width) before the sigmoid."""
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
