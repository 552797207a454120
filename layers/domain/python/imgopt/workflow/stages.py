"""The stages of the state machine, independent of how they are invoked.

Stages pass ids and S3 keys, never pixels. Each can be repeated, also by two executions at once: the file that is stored
first counts, and so does the first end of a job.
"""

from contextlib import suppress
from dataclasses import asdict, replace
from typing import TYPE_CHECKING

from imgopt import clock
from imgopt.callbacks import queue as callbacks
from imgopt.codecs.formats import FORMATS
from imgopt.credits.budgets import budget_for_outputs, budget_for_pixels, budget_for_tagging
from imgopt.credits.cost import cost_of_step
from imgopt.errors import InvalidImage, NoTags, Unavailable
from imgopt.files import repository as files
from imgopt.imaging.artifact import Artifact, Upscaling
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.imaging.plan import Step, needs_network, steps_for, upscaled_pixels
from imgopt.imaging.small import is_small
from imgopt.imaging.upscaled import Upscaled, header_of, remaining
from imgopt.jobs import dispatch, queue_position, results
from imgopt.jobs import repository as jobs
from imgopt.jobs.model import FIRST, Completion, Job
from imgopt.jobs.names import choose_name
from imgopt.metrics import Metric
from imgopt.sandbox.budget import Budget
from imgopt.settings import settings
from imgopt.storage import executions
from imgopt.storage.objects import NewObject
from imgopt.tagging.model import Briefing, ImageTags, TaggingFailed, Usage
from imgopt.telemetry import logger, measure
from imgopt.workflow import finishing
from imgopt.workflow.reasons import public_reason
from imgopt.workflow.state import Plan, StepChoices, Tagging, read_json, to_json

if TYPE_CHECKING:
    from imgopt.imaging.artifact import ArtifactFile

FOREIGN_RESULT = "The result could not be matched to this job, and was discarded."
# Personal or secret options: AWS keeps the input of an execution for 90 days.
NOT_FOR_STAGES = ("callback_url", "job_source", "output_seo_context")


def plan(job_id: str, attempt: int = 1, execution: str = "") -> Plan | None:
    """Marks a job as processing by an execution, and returns its plan.

    Returns None where the execution has nothing to do: the job doesn't exist, has ended, is at another attempt, or
    belongs to another execution.
    """
    job = jobs.mark_processing(job_id, clock.now(), attempt=attempt, holder=executions.holder_of(execution))
    if job is None:
        return None
    queue_position.leave_queue(job)
    steps = steps_for(job.options)
    return Plan(
        job_id=job.id,
        owner=job.owner,
        attempt=attempt,
        source_key=job.source_key,
        source=job.source,
        steps=steps,
        options=job.options.model_copy(update=dict.fromkeys(NOT_FOR_STAGES)),
        asked=StepChoices(
            network=needs_network(job.source, job.options),
            words=Step.TAG in steps,
            context=bool(job.options.output_seo_context),
            small=is_small(job.source, job.options),
        ),
        queue_url=_queue_for(job),
        call_id=job.call_id,
    )


def _queue_for(job: Job) -> str:
    """Returns the URL of the queue for upscaling. It is "" for jobs that a function upscales in seconds,
    without a GPU.
    """
    config = settings()
    is_small = upscaled_pixels(job.source, job.options) <= config.small_upscale_pixels
    return "" if is_small else config.upscales_queue_url


def optimize_pixels(the_plan: Plan) -> Artifact:
    """Makes the job's outputs. Results of an earlier attempt are reused.

    Raises InvalidImage where the file can't be decoded.
    """
    stored = _find_done(the_plan) if the_plan.attempt > 1 else []
    first, *others = stored or [_store(the_plan, each, number) for number, each in enumerate(_make(the_plan), FIRST)]
    return replace(first, others=tuple(others))


def _store(the_plan: Plan, made: "ArtifactFile", number: int) -> Artifact:
    key = results.result_key(the_plan.job_id, FORMATS[made.artifact.format].extension, number)
    artifact = replace(made.stored_at(key), upscaling=_describe_upscaling(the_plan.upscaled))
    if results.store_result(key, NewObject(made.data, artifact.mime_type, to_json(artifact))):
        return artifact
    return read_json(Artifact, results.read_record(key))  # another execution has stored the record first


def _find_done(the_plan: Plan) -> list[Artifact]:
    """Returns the artifacts of all outputs, or an empty list where one of them is missing."""
    outputs = outputs_of(the_plan.options)
    records = [_find_record(the_plan, each, number) for number, each in enumerate(outputs, FIRST)]
    found = [read_json(Artifact, each) for each in records if each is not None]
    return found if len(found) == len(outputs) else []


def _find_record(the_plan: Plan, options: ProcessingSettings, number: int) -> str | None:
    from imgopt.imaging.sandboxed import possible_formats

    extensions = sorted(FORMATS[each].extension for each in possible_formats(the_plan.source, options))
    return results.find_record(results.result_key(the_plan.job_id, each, number) for each in extensions)


def _make(the_plan: Plan) -> "list[ArtifactFile]":
    from imgopt.imaging import sandboxed
    from imgopt.sandbox import forking

    forking.prepare()  # starts the sandbox while the file is fetched
    upscaled = the_plan.upscaled
    if upscaled:
        _require_own(upscaled.key, results.intermediate_key(the_plan.job_id))
    data = results.read_intermediate(upscaled.key) if upscaled else files.read(the_plan.source_key)
    return sandboxed.optimize_sandboxed(data, the_plan.source, the_plan.options, _budget_of(the_plan), upscaled)


def _budget_of(the_plan: Plan) -> Budget:
    """Returns the budget. An intermediate is paid for by the steps of its source, at its own size."""
    source, options, upscaled = the_plan.source, the_plan.options, the_plan.upscaled
    if upscaled:
        left = [remaining(source, upscaled, each) for each in outputs_of(options)]
        return budget_for_outputs(header_of(upscaled), left)
    return budget_for_pixels(source, options)


def _describe_upscaling(upscaled: Upscaled | None) -> Upscaling | None:
    if upscaled is None:
        return None
    return Upscaling(upscaled.model, upscaled.device, upscaled.seconds, upscaled.tiles)


def _require_own(answered: str, own: str | None) -> None:
    """Raises InvalidImage where a stage answers with a key of another job's file.

    Stages read clients' files, so that their answers are not trusted.
    """
    if answered != own:
        logger.error("a stage answered by a key that is not its job's")
        raise InvalidImage(FOREIGN_RESULT)


def make_tags(the_plan: Plan) -> Tagging:
    """Tags the image. Raises NoTags, InvalidImage or NotConfigured where it never can, Unavailable where it
    may later.
    """
    from imgopt.imaging.tagging_input import view_sandboxed
    from imgopt.sandbox import forking
    from imgopt.tagging.service import tagger

    forking.prepare()  # starts the sandbox while the file is fetched
    source = the_plan.source
    picture = view_sandboxed(files.read(the_plan.source_key), source, budget_for_tagging(source))
    try:
        tags = tagger().tag(picture, _brief(the_plan))
    except TaggingFailed as error:
        _note_usage(error.usage)
        raise NoTags(str(error)) from error
    _note_usage(tags.usage)
    results.store_tags(the_plan.job_id, tags)
    return Tagging(words=True)


def _brief(the_plan: Plan) -> Briefing:
    """Returns the briefing. The context is read from the job, because the execution's state is visible to more
    people.
    """
    language = the_plan.options.output_seo_language or settings().tagging_language
    job = next(iter(jobs.find_all([the_plan.job_id])), None) if the_plan.asked.context else None
    return Briefing(language, (job and job.options.output_seo_context) or "")


def _note_usage(usage: Usage | None) -> None:
    if usage:
        logger.info("tokens used", usage=asdict(usage))


def finish(the_plan: Plan, artifact: Artifact, tagging: Tagging) -> None:
    """Completes a job, with tags or without, after S3 has confirmed its file.

    Raises InvalidImage where the file isn't the one that was made, or isn't this job's.
    """
    for number, each in enumerate((artifact, *artifact.others), FIRST):
        _require_own_key(the_plan, each, number)
    tags = results.read_tags(the_plan.job_id) if tagging.words else None
    first, *others = finishing.finish_files(the_plan, (artifact, *artifact.others), tags)
    for each in (first, *others):
        _require_stored(each)
    refund = cost_of_step(Step.TAG) if tagging.error else 0
    completion = _completion_of(the_plan, replace(first, others=tuple(others)), tagging, tags)
    completed = jobs.mark_completed(the_plan.job_id, clock.now(), completion, refund=refund)
    known = completed or next(iter(jobs.find_all([the_plan.job_id])), None)  # a repetition finds the job completed
    if known and known.options.callback_url:
        callbacks.enqueue_callback(the_plan.job_id)
    if completed:
        measure(Metric.JOBS_COMPLETED)
        queue_position.note_duration(completed)
    if the_plan.asked.network:
        with suppress(Unavailable):  # the source expires with the job at the latest
            results.delete_intermediate(results.intermediate_key(the_plan.job_id))
    dispatch.free_slot(the_plan.owner, the_plan.job_id)


def _require_own_key(the_plan: Plan, artifact: Artifact, number: int) -> None:
    target = FORMATS.get(artifact.format)
    _require_own(artifact.key, results.result_key(the_plan.job_id, target.extension, number) if target else None)


def _require_stored(artifact: Artifact) -> None:
    if results.describe_result(artifact.key).size != artifact.size:
        raise InvalidImage("The result could not be stored completely. Try again.")


def _completion_of(the_plan: Plan, artifact: Artifact, tagging: Tagging, tags: ImageTags | None) -> Completion:
    """Returns the completion. A job of which only tagging failed is completed, and counts as untagged."""
    failed = tagging.error
    executed = tuple(step for step in the_plan.steps if not failed or step is not Step.TAG)
    no_tags = f"No tags: {public_reason(failed.Error, failed.Cause)}" if failed else None
    said_of_tags = tags.warning if tags else None
    warning = " ".join(filter(None, (artifact.warning, no_tags, said_of_tags))) or None
    return Completion(executed, artifact, _named(the_plan, tags) if tags else None, warning)


def _named(the_plan: Plan, tags: ImageTags) -> ImageTags:
    """Returns the tags with a slug that is unique among the results of the call."""
    return replace(tags, slug=choose_name(tags.slug, the_plan.job_id, the_plan.call_id))
