"""The names of the networks that are needed on each platform."""

from imgopt.detection.faces import FACE_DETECTOR
from imgopt.detection.open_images import SECOND_DETECTOR
from imgopt.detection.things import THING_DETECTOR
from imgopt.tagging.classifier import CLASSIFIERS
from imgopt.upscale.models import Device, models_on


def for_cpu() -> list[str]:
    """Networks for upscaling on a CPU."""
    return [f"ncnn/{model.name}" for model in sorted(models_on(Device.CPU), key=lambda model: model.name)]


def for_layers() -> list[str]:
    """Networks in the layer for Lambda."""
    return [*for_cpu(), f"ncnn/{FACE_DETECTOR}"]


def for_single_machine() -> list[str]:
    """Networks for a service on one machine without a GPU, from PyPI."""
    return [*for_layers(), *(classifier.name for classifier in CLASSIFIERS)]


def for_detailed_tags() -> list[str]:
    """Further networks for such a machine, from npm. Without them, offline tags are less detailed."""
    return [f"ncnn/{name}" for name in (THING_DETECTOR, SECOND_DETECTOR)]
