"""How much of the machine the credits of a job pay for."""

from collections.abc import Sequence
from math import inf

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import is_vector
from imgopt.credits.cost import cost_of_output, cost_of_step
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import Step, canvas_of, processed_frames, upscaled_frames
from imgopt.sandbox.budget import Budget
from imgopt.settings import settings
from imgopt.units import MEBIBYTE

# What a stage takes for a job beside the process that has the budget: to read, start, end and store.
STAGE_SECONDS = 1.0
# Whatever its size, a picture may take this: machines are of different speed.
LEAST_SECONDS = 20.0
# Ten times what noise of a megapixel takes in the slowest format, so that a size limit can be searched for.
SECONDS_PER_MEGAPIXEL = 4.0
# Libraries, buffers and the file, and for each pixel what the greediest encoder of small pictures takes.
LEAST_MEMORY, WORKING_BYTES_PER_PIXEL = 1024 * MEBIBYTE, 64
# To see a picture of 100 megapixels, on a function that has 2 GB.
MOST_MEMORY_OF_WORDS = 1500 * MEBIBYTE


def budget_for_pixels(image: ImageHeader, options: ProcessingSettings) -> Budget:
    """Of the stage that resizes and compresses: by the pixels that are read and made, and no more than is paid for.

    CPU seconds are 20 and 4 a megapixel, at most `cpu_seconds_per_credit` for each credit of those steps, less
    `STAGE_SECONDS`, and `stage_cpu_seconds`; where the steps cost no credits, `stage_cpu_seconds` alone. A
    drawing may take all that is paid for, as no size tells its work. Memory is 1 GiB and 64 bytes a pixel, at most
    `stage_memory_bytes`. Several results are made one after another: they have the sum of the seconds.
    """
    return budget_for_outputs(image, outputs_of(options))


def budget_for_outputs(image: ImageHeader, outputs: Sequence[ProcessingSettings]) -> Budget:
    """The same for results that are given one by one."""
    budgets = [_budget_for_output(image, each) for each in outputs]
    seconds = min(sum(each.cpu_seconds for each in budgets), settings().stage_cpu_seconds)
    return Budget(seconds, max(each.memory_bytes for each in budgets))


def _budget_for_output(image: ImageHeader, options: ProcessingSettings) -> Budget:
    frames, canvas = processed_frames(image, options), canvas_of(image, options)
    is_drawing = is_vector(image.format)
    pixels = canvas.pixels * frames + (0 if is_drawing else image.width * image.height * image.frames)
    seconds = inf if is_drawing else LEAST_SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1_000_000
    return Budget(_paid(seconds, cost_of_output(image, options)), _room(pixels))


def budget_for_tagging(image: ImageHeader) -> Budget:
    """Of looking at a picture to tag it: the same rule for the pixels that are read."""
    pixels = image.width * image.height
    seconds = LEAST_SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1_000_000
    return Budget(_paid(seconds, cost_of_step(Step.TAG)), min(_room(pixels), MOST_MEMORY_OF_WORDS))


def budget_for_upscaling(image: ImageHeader, options: ProcessingSettings) -> Budget:
    """Of reading what a network then makes larger: the same rule for the pixels that are read."""
    pixels = image.width * image.height * image.frames
    seconds = LEAST_SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1_000_000
    return Budget(_paid(seconds, upscaled_frames(image, options) * cost_of_step(Step.UPSCALE)), _room(pixels))


def _paid(seconds: float, credits_paid: int) -> float:
    known = settings()
    if not credits_paid:
        return min(seconds, known.stage_cpu_seconds)
    paid = known.cpu_seconds_per_credit * credits_paid
    return min(seconds, max(paid - STAGE_SECONDS, paid / 2), known.stage_cpu_seconds)


def _room(pixels: int) -> int:
    return min(LEAST_MEMORY + WORKING_BYTES_PER_PIXEL * pixels, settings().stage_memory_bytes)
