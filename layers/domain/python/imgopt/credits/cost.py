"""What work costs in credits: the one place where that is decided."""

from imgopt.codecs.animation import sample_indexes
from imgopt.codecs.header import ImageHeader
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step, stays_animated, steps_for, target_format
from imgopt.settings import settings


def cost_of(image: ImageHeader, options: ProcessingSettings) -> int:
    """Each frame that is processed costs what its steps do; words are for the image as a whole."""
    steps = steps_for(options)
    of_a_frame = sum(cost_of_step(step) for step in steps if step is not Step.TAG)
    of_the_words = cost_of_step(Step.TAG) if Step.TAG in steps else 0
    return count_frames(image, options) * of_a_frame + of_the_words


def cost_of_step(step: Step) -> int:
    """For one image, or one frame of it."""
    cost: int = getattr(settings(), f"cost_{step.value}")
    return cost


def count_frames(image: ImageHeader, options: ProcessingSettings) -> int:
    """How many are processed: one unless an animation stays one, and then no more than are wanted of it."""
    if not stays_animated(image, target_format(image.format, options), options):
        return 1
    return len(sample_indexes(image.frames, options.gif_frame_limit or image.frames))
