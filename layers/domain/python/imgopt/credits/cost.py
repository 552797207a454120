"""The credits that work costs. Prices are decided only here."""

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import Step, processed_frames, steps_for, upscaled_frames
from imgopt.settings import settings


def cost_of(image: ImageHeader, options: ProcessingSettings) -> int:
    """Returns the credits for an image: for each processed frame, the prices of its steps.

    An image is upscaled and tagged once for all of its outputs. Each output is resized and compressed separately.
    """
    steps = steps_for(options)
    of_the_upscaling = upscaled_frames(image, options) * cost_of_step(Step.UPSCALE) if Step.UPSCALE in steps else 0
    of_the_tags = cost_of_step(Step.TAG) if Step.TAG in steps else 0
    return of_the_upscaling + sum(cost_of_output(image, each) for each in outputs_of(options)) + of_the_tags


def cost_of_output(image: ImageHeader, options: ProcessingSettings) -> int:
    """Returns the credits for resizing and compressing all frames of one output."""
    steps = {Step.RESIZE, Step.COMPRESS}.intersection(steps_for(options))
    return processed_frames(image, options) * sum(map(cost_of_step, steps))


def cost_of_step(step: Step) -> int:
    """Returns the credits for one image, or for one frame of an animation."""
    cost: int = getattr(settings(), f"cost_{step.value}")
    return cost
