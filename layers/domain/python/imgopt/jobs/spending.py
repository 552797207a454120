"""Estimates what AWS charges for a job, at the list prices of us-east-1 in 2026 (see `make costs`).

Transfer to clients, storage, and models without a known price are not included. A network on a GPU costs its seconds on
an instance, without the time in which the instance starts or waits.
"""

from dataclasses import dataclass

from imgopt.codecs.format import ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.imaging.candidates import possible_settings
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import (
    Step,
    canvas_of,
    needs_network,
    processed_frames,
    steps_for,
    target_format,
    upscaled_pixels,
)
from imgopt.imaging.small import is_small
from imgopt.jobs.express import fits_express
from imgopt.jobs.model import Job

# US dollars: all requests, writes, reads and logs of one image, on either machine; one transition of the standard
# machine; one GB-second of Lambda on Arm.
REQUESTS, TRANSITION_PRICE, GB_SECOND = 0.000053, 0.000025, 0.0000133334
# Transitions of a job with one stage, and of one with branches.
PLAIN_TRANSITIONS, BRANCH_TRANSITIONS = 4, 9
OPTIMIZE_GB, SMALL_GB, UPSCALE_GB, WORDS_GB = 2.94, 1.73, 2.94, 2.0
# A g6.xlarge on demand, the first of the instance types that are tried.
GPU_INSTANCE, GPU_SECOND, GPU_DEVICE = "g6.xlarge", 0.8048 / 3600, "cuda"
# Seconds of a warm stage outside its codecs, and of a tagging model.
WARM_SECONDS, WORDS_SECONDS = 0.2, 1.5
# Seconds for a megapixel on 1.7 CPUs: `make bench-upscale` measures 1.1 to 1.25 s on one thread. The difference is for
# reading, storing, and the loss between two threads.
UPSCALE_SECONDS_PER_MEGAPIXEL = 1.0
# A stage that took more than this many times the expected time has waited, and didn't compute.
MOST_SURPRISING = 10
# Average number of encodings where a quality is searched for.
SEARCHED_ENCODINGS = 2.6
# US dollars of Nova Lite for an image and its tags.
USUAL_WORDS = 0.000156


@dataclass(frozen=True)
class Work:
    """Seconds of the stages: on pixels, in a network, on a GPU, on tagging; and the US dollars of tagging."""

    pixels: float
    network: float = 0.0
    gpu: float = 0.0
    words: float = 0.0
    words_price: float = 0.0


def quote_dollars(image: ImageHeader, options: ProcessingSettings) -> float:
    """Returns the estimated US dollars of a job before its start, by pixels, frames and format."""
    return _dollars(image, options, _expected(image, options), express=fits_express(image, options))


def _expected(image: ImageHeader, options: ProcessingSettings) -> Work:
    megapixels = upscaled_pixels(image, options) / 1e6 if needs_network(image, options) else 0.0
    asks = Step.TAG in steps_for(options)
    return Work(
        expected_seconds(image, options),
        network=megapixels * UPSCALE_SECONDS_PER_MEGAPIXEL,
        words=asks * WORDS_SECONDS,
        words_price=asks * USUAL_WORDS,
    )


def job_dollars(job: Job) -> float:
    """Returns the estimated US dollars of a job, by its duration where that is known; 0 where it ended before
    it began.
    """
    if job.completed_at is None:
        return quote_dollars(job.source, job.options)
    if job.processing_milliseconds is None:
        return 0.0
    work = _work_of(job, job.processing_milliseconds / 1000)
    return _dollars(job.source, job.options, work, express=job.express)


def _work_of(job: Job, seconds: float) -> Work:
    """Returns the work of a job that took `seconds`. A failed job counts at most its expected work: its slow stage is
    unknown.
    """
    expected = _expected(job.source, job.options)
    if job.result is None:
        pixels = min(seconds, expected.pixels)
        return Work(pixels, network=min(seconds - pixels, expected.network))
    upscaling = job.result.upscaling
    spent = upscaling.seconds if upscaling else 0.0
    on_gpu = spent if upscaling and upscaling.device == GPU_DEVICE else 0.0
    usage = job.words.usage if job.words else None
    return Work(
        # Any time beyond this was waiting.
        min(max(0.0, seconds - spent), MOST_SURPRISING * expected.pixels),
        network=spent - on_gpu,
        gpu=on_gpu,
        words=expected.words,
        words_price=(usage.dollars or 0.0) if usage else 0.0,
    )


def _dollars(image: ImageHeader, options: ProcessingSettings, work: Work, *, express: bool) -> float:
    asks = Step.TAG in steps_for(options)
    branches = asks or needs_network(image, options)
    transitions = BRANCH_TRANSITIONS if branches else PLAIN_TRANSITIONS
    optimize = SMALL_GB if is_small(image, options) and not asks else OPTIMIZE_GB
    gigabytes = work.pixels * optimize + work.network * UPSCALE_GB + work.words * WORDS_GB
    computing = gigabytes * GB_SECOND + work.gpu * GPU_SECOND
    paid = REQUESTS + computing + work.words_price + (0 if express else transitions * TRANSITION_PRICE)
    return round(paid, 7)


def expected_seconds(image: ImageHeader, options: ProcessingSettings) -> float:
    """Returns the seconds for decoding once and encoding each result once."""
    read = image.width * image.height * image.frames * FORMATS[image.format].decode_nanoseconds
    made = sum(_encoding(image, each) for each in outputs_of(options))
    return WARM_SECONDS + (read + made) / 1e9


def _encoding(image: ImageHeader, options: ProcessingSettings) -> float:
    """Returns the seconds of encoding in each candidate format, times the encodings that a search for a score or size
    takes.
    """
    candidates = possible_settings(image, options)
    targets = {target_format(image.format, each, has_alpha=image.has_alpha) for each in candidates}
    nanoseconds = sum(FORMATS[each].encode_nanoseconds for each in targets)
    searched = options.output_quality_target is not None or options.output_file_size_limit is not None
    pixels = canvas_of(image, options).pixels * processed_frames(image, options)
    return pixels * nanoseconds * (SEARCHED_ENCODINGS if searched else 1)
