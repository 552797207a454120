"""Upscales the upload of a job by a network and stores the larger picture (the intermediate) in S3.

The picture is stored because another function makes the result from it. Its record is stored as metadata of the same
object, so that a repetition finds both.
"""

from dataclasses import replace
from tempfile import TemporaryFile
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.png import animation as png_animation
from imgopt.codecs.png import codec as png
from imgopt.codecs.shared.animation import Animation
from imgopt.credits.budgets import budget_for_upscaling
from imgopt.files import repository as files
from imgopt.imaging.steps.decode import shows_through
from imgopt.imaging.upscale_input import Picture, read_sandboxed
from imgopt.imaging.upscaled import Upscaled
from imgopt.jobs import results
from imgopt.sandbox import forking
from imgopt.upscale.service import UpscaleReport, upscale, upscale_frames
from imgopt.workflow.state import Plan, read_json, to_json

if TYPE_CHECKING:
    from imgopt.upscale.runtime import Runtime


def upscale_job(plan: Plan, runtime: "Runtime | None" = None) -> Upscaled:
    """Makes the intermediate of a job, or returns the existing one. Raises InvalidImage where the upload can't be
    decoded.
    """
    key = results.intermediate_key(plan.job_id)
    done = results.find_record([key])
    if done is not None:
        return read_json(Upscaled, done)
    larger, report = _enlarge(plan, runtime)
    upscaled = _describe(key, larger, report)
    with TemporaryFile() as file:
        _write(larger, file)
        results.store_intermediate(key, file, to_json(upscaled))
    return upscaled


def _enlarge(plan: Plan, runtime: "Runtime | None") -> tuple[Picture, UpscaleReport]:
    forking.prepare()  # starts the sandbox while the file is fetched
    source, options = plan.source, plan.options
    picture, loss = read_sandboxed(files.read(plan.source_key), source, options, budget_for_upscaling(source, options))
    factor = options.output_upscale_factor or 1
    if isinstance(picture, Animation):
        frames, report = upscale_frames(picture.frames, factor, loss=loss, runtime=runtime)
        return replace(picture, frames=tuple(frames)), report
    image, report = upscale(picture.image, factor, loss=loss, runtime=runtime)
    return replace(picture, image=image), report


def _write(larger: Picture, file: BinaryIO) -> None:
    if isinstance(larger, Animation):
        png_animation.write(larger, file)
    else:
        png.write_to(file, larger.image, larger.metadata)


def _describe(key: str, larger: Picture, report: UpscaleReport) -> Upscaled:
    first = larger.frames[0] if isinstance(larger, Animation) else larger.image
    return Upscaled(
        key=key,
        width=first.width,
        height=first.height,
        frames=len(larger.frames) if isinstance(larger, Animation) else 1,
        has_alpha=shows_through(first),
        model=report.model,
        device=report.device.value,
        seconds=round(report.seconds, 3),
        tiles=report.tiles,
    )
