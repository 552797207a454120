"""What work costs in credits: the one place where that is decided."""

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, processed_frames, steps_for
from imgopt.settings import settings


def cost_of(image: ImageHeader, options: ProcessingSettings) -> int:
    """Each frame that is processed costs what its steps do; tags are for the image as a whole."""
    steps = steps_for(options)
    of_a_frame = sum(cost_of_step(step) for step in steps if step is not Step.TAG)
    of_the_tags = cost_of_step(Step.TAG) if Step.TAG in steps else 0
    return processed_frames(image, options) * of_a_frame + of_the_tags


def cost_of_step(step: Step) -> int:
    """For one image, or one frame of it."""
    cost: int = getattr(settings(), f"cost_{step.value}")
    return cost
