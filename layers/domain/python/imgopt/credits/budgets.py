"""CPU seconds and memory that the credits of a job pay for."""

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

# CPU seconds of a stage outside the process that has the budget: to start, read, store and end.
STAGE_SECONDS = 1.0
# Every picture may take these CPU seconds, whatever its size, because machines differ in speed.
LEAST_SECONDS = 20.0
# Ten times what a megapixel of noise takes in the slowest format, so that a search for a size limit has enough.
SECONDS_PER_MEGAPIXEL = 4.0
# Fixed: libraries, buffers and the file. Per pixel: the largest need of an encoder, measured on small pictures.
LEAST_MEMORY, WORKING_BYTES_PER_PIXEL = 1024 * MEBIBYTE, 64
# A picture of 100 megapixels is tagged on a function that has 2 GB.
MOST_TAGGING_MEMORY = 1500 * MEBIBYTE


def budget_for_pixels(image: ImageHeader, options: ProcessingSettings) -> Budget:
    """Returns the budget of the stage that resizes and compresses.

    CPU seconds are 20 plus 4 for each megapixel that is read or made. They are limited by `stage_cpu_seconds`, and by
    `cpu_seconds_per_credit` for each credit of those steps less `STAGE_SECONDS`. Where the steps cost no credits, only
    `stage_cpu_seconds` is the limit. A vector image may take all that is paid for, because its size doesn't tell how
    long drawing takes.

    Memory is 1 GiB plus 64 bytes for each pixel, at most `stage_memory_bytes`. Several outputs are made one after
    another: their seconds are added up.
    """
    return budget_for_outputs(image, outputs_of(options))


def budget_for_outputs(image: ImageHeader, outputs: Sequence[ProcessingSettings]) -> Budget:
    """Returns the budget for outputs whose options are given one by one; computed like `budget_for_pixels`."""
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
    """Returns the budget for decoding a picture to tag it: 20 CPU seconds plus 4 for each megapixel that is read.

    Memory is limited by `MOST_TAGGING_MEMORY`.
    """
    pixels = image.width * image.height
    seconds = LEAST_SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1_000_000
    return Budget(_paid(seconds, cost_of_step(Step.TAG)), min(_room(pixels), MOST_TAGGING_MEMORY))


def budget_for_upscaling(image: ImageHeader, options: ProcessingSettings) -> Budget:
    """Returns the budget for decoding a picture before upscaling: 20 CPU seconds plus 4 for each megapixel of all
    frames.
    """
    pixels = image.width * image.height * image.frames
    seconds = LEAST_SECONDS + SECONDS_PER_MEGAPIXEL * pixels / 1_000_000
    return Budget(_paid(seconds, upscaled_frames(image, options) * cost_of_step(Step.UPSCALE)), _room(pixels))


def _paid(seconds: float, credits_paid: int) -> float:
    config = settings()
    if not credits_paid:
        return min(seconds, config.stage_cpu_seconds)
    paid = config.cpu_seconds_per_credit * credits_paid
    return min(seconds, max(paid - STAGE_SECONDS, paid / 2), config.stage_cpu_seconds)


def _room(pixels: int) -> int:
    return min(LEAST_MEMORY + WORKING_BYTES_PER_PIXEL * pixels, settings().stage_memory_bytes)
