"""Variants that take longer than an answer may, and are made by jobs where these can make the same."""

from dataclasses import replace
from hashlib import sha256

from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.keep_metadata import KeepMetadata
from imgopt.errors import UnusableSource
from imgopt.imaging.options import OutputFormat, ProcessingSettings, ResizeBehavior
from imgopt.jobs import results
from imgopt.jobs.model import UNFINISHED, Job
from imgopt.settings import settings
from imgopt.transform.options import TransformOptions
from imgopt.variants import source_jobs, store
from imgopt.variants.misses import VariantWork, warning_of
from imgopt.variants.model import PendingVariant, StoredVariant, VariantNotes, VariantPlan

BEYOND_ANSWERS = "This image takes too long to process. Ask for a smaller one, or for another format."
LONGEST_SIDE, MOST_JOB_FRAMES = 8192, 100


def has_job(work: VariantWork) -> bool:
    """Returns whether a job for this variant exists, so that no time is lost with trying it again."""
    return job_name(work) in work.snapshot.state.jobs


def follow_long_work(work: VariantWork) -> StoredVariant | PendingVariant:
    """Returns the job's result, or that it is pending. Raises UnusableSource where it fails, or jobs can't make it."""
    options = settings_for_job(work.plan)
    if options is None or not settings().url_account:
        raise UnusableSource(BEYOND_ANSWERS)
    job = source_jobs.find_or_submit(work.image.source, work.snapshot, job_name(work), options, work.most)
    if job.status in UNFINISHED:
        return PendingVariant(job.id, settings().url_pending_seconds)
    if job.result is None:
        raise UnusableSource(job.error_message or BEYOND_ANSWERS)
    return _keep(work, job)


def job_name(work: VariantWork) -> str:
    return f"whole_{sha256(work.key.encode()).hexdigest()[:16]}"


def settings_for_job(plan: VariantPlan) -> ProcessingSettings | None:
    """Returns the settings of a job; None where jobs don't support an option."""
    options = plan.options
    plain = replace(options, width=0, height=0, quality=0, format_quality={}, format=None, target=None)
    is_small = max(options.width, options.height) <= LONGEST_SIDE
    if plain != TransformOptions() or not is_small or FORMATS[plan.format].encode is None:
        return None
    return ProcessingSettings(
        output_format=OutputFormat(plan.format),
        output_width=options.width or None,
        output_height=options.height or None,
        output_resize_behavior=ResizeBehavior.FIT,
        output_quality=plan.quality or 80,
        output_quality_target=plan.target,
        gif_frame_limit=min(settings().url_max_frames, MOST_JOB_FRAMES),
        keep_animation=settings().url_max_frames > 1,
        keep_metadata=KeepMetadata.COPYRIGHT,
        private=True,
    )


def _keep(work: VariantWork, job: Job) -> StoredVariant:
    made, source = job.finished_result().artifact, work.snapshot.state.image
    sizes = made.width, made.height, source.width, source.height
    notes = VariantNotes(made.format, made.mime_type, *sizes, warning=warning_of(made.warning or ""))
    return store.keep(work.key, notes, results.read_stored(made.key))
