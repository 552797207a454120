"""Which networks are needed where, by the names that `ensure` takes."""

from imgopt.detection.faces import FACE_DETECTOR
from imgopt.detection.open_images import SECOND_DETECTOR
from imgopt.detection.things import THING_DETECTOR
from imgopt.tagging.classifier import CLASSIFIERS
from imgopt.upscale.models import Device, models_on


def for_cpu() -> list[str]:
    """Those that make images larger on a CPU."""
    return [f"ncnn/{model.name}" for model in sorted(models_on(Device.CPU), key=lambda model: model.name)]


def for_layers() -> list[str]:
    """Those that functions on Lambda have in a layer."""
    return [*for_cpu(), f"ncnn/{FACE_DETECTOR}"]


def for_laptops() -> list[str]:
    """Those of a whole service on one machine without a GPU, from PyPI."""
    return [*for_layers(), *(classifier.name for classifier in CLASSIFIERS)]


def for_more_words() -> list[str]:
    """What a laptop has beside these, from npm: without it, words offline are fewer."""
    return [f"ncnn/{name}" for name in (THING_DETECTOR, SECOND_DETECTOR)]
