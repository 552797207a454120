"""The stages of the state machine: what each does with a job, apart from how it is invoked.

Stages pass ids and S3 keys, never pixels. Each can be repeated without harm.
"""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, TypedDict

from imgopt import clock
from imgopt.callbacks import queue as callbacks
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.header import ImageHeader
from imgopt.errors import PUBLIC_NAMES, InvalidImage, NotFound
from imgopt.files import repository as files
from imgopt.jobs import line
from imgopt.jobs import repository as jobs
from imgopt.jobs.model import TIMED_OUT, Job, Result
from imgopt.pipeline.options import ProcessingSettings
from imgopt.pipeline.plan import Step, steps_for

if TYPE_CHECKING:
    from imgopt.pipeline.product import Product

UNEXPLAINED = "Processing failed unexpectedly. Please try again."
TIMEOUTS = frozenset({"States.Timeout", "Sandbox.Timedout", "TIMED_OUT"})


class Plan(TypedDict):
    """What the stages after the first need to know of a job."""

    job_id: str
    owner: str
    source_key: str
    source: dict[str, Any]
    steps: list[str]
    options: dict[str, Any]


class Pixels(TypedDict):
    """The file that the stages on pixels made, in the results bucket."""

    key: str
    format: str
    width: int
    height: int
    size: int
    encoder: str
    quality: int | None
    frames: int
    original_returned: bool
    size_limit_met: bool | None


def plan(job_id: str) -> Plan:
    """Marks a job as processing. Raises NotFound where there is none or it has ended."""
    job = jobs.mark_processing(job_id, clock.now())
    if job is None:
        raise NotFound("The job has already ended.")
    line.begin(job)
    return Plan(
        job_id=job.id,
        owner=job.owner,
        source_key=job.source_key,
        source=asdict(job.source),
        steps=[step.value for step in steps_for(job.options)],
        options=job.options.model_dump(mode="json"),
    )


def optimize_pixels(the_plan: Plan) -> Pixels:
    """Raises InvalidImage where the file can't be read after all."""
    from imgopt.pipeline.optimize import optimize  # no other stage has the libraries for it

    options = ProcessingSettings.model_validate(the_plan["options"])
    product = optimize(files.read(the_plan["source_key"]), ImageHeader(**the_plan["source"]), options)
    target = FORMATS[product.format]
    key = jobs.result_key(the_plan["job_id"], target.extension)
    jobs.store_result(key, product.data, target.mime_type)
    return _describe(key, product)


def finish(the_plan: Plan, pixels: Pixels) -> None:
    """Completes a job once S3 confirms the file. Raises InvalidImage where it isn't the one that was made."""
    stored = jobs.describe_result(pixels["key"])
    if stored.size != pixels["size"]:
        raise InvalidImage("The result could not be stored completely.")
    result = Result(mime_type=FORMATS[pixels["format"]].mime_type, **pixels)
    executed = [Step(step) for step in the_plan["steps"]]
    completed = jobs.mark_completed(the_plan["job_id"], clock.now(), executed, result)
    if completed:
        line.note_duration(completed)
    if the_plan["options"].get("callback_url"):
        callbacks.announce(the_plan["job_id"])


def fail(job_id: str, error: str, cause: str) -> Job | None:
    """Marks a job as failed for a reason; None where it had ended before."""
    job = jobs.mark_failed(job_id, clock.now(), public_reason(error, cause))
    ended = job or next(iter(jobs.find_all([job_id])), None)  # where it was repeated, this may not have been done
    if ended and ended.options.callback_url:
        callbacks.announce(job_id)
    return job


def public_reason(error: str, cause: str) -> str:
    """The message of one of our own errors; of any other, only what kind it is."""
    if error in TIMEOUTS:
        return TIMED_OUT
    if error in PUBLIC_NAMES:
        return str(json.loads(cause)["errorMessage"])
    return UNEXPLAINED


def _describe(key: str, product: "Product") -> Pixels:
    return Pixels(
        key=key,
        format=product.format,
        width=product.width,
        height=product.height,
        size=len(product.data),
        encoder=product.encoder,
        quality=product.quality,
        frames=product.frames,
        original_returned=product.original_returned,
        size_limit_met=product.size_limit_met,
    )
