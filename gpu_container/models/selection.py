"""Which networks are needed where, by the names that `ensure` takes."""

from imgopt.upscale.models import Device, models_on

CLASSIFIER_NAME = "efficientnet-lite2"


def for_cpu() -> list[str]:
    """Those that make images larger on a CPU."""
    return [f"ncnn/{model.name}" for model in sorted(models_on(Device.CPU), key=lambda model: model.name)]


def for_laptops() -> list[str]:
    """Those of a whole service on one machine without a GPU."""
    return [*for_cpu(), CLASSIFIER_NAME]
