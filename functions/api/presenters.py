"""Jobs in answers of the API."""

from datetime import datetime
from typing import Any
from urllib.parse import quote
from uuid import UUID

from pydantic import UUID4, BaseModel

from imgopt.files.naming import ascii_filename
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.plan import Step
from imgopt.jobs.callback import Callback
from imgopt.jobs.completion import download_path, show_outputs, show_result
from imgopt.jobs.model import Job, JobStatus
from imgopt.jobs.queue_position import QueuePosition
from imgopt.jobs.spending import job_dollars


class JobResponse(BaseModel):
    """A job: its status, its upload, the settings it was requested with, and its results."""

    id: UUID4
    status: JobStatus
    original_filename: str
    original_size: int
    original_format: str | None = None
    original_mime_type: str | None = None
    original_width: int | None = None
    original_height: int | None = None
    original_dpi: int | None = None
    original_file_path: str | None = None
    output_format: str | None = None
    output_upscale_factor: float | None = None
    output_width: int | None = None
    output_height: int | None = None
    output_resize_behavior: str | None = None
    output_quality: int | None = None
    output_quality_target: float | None = None
    output_file_size_limit: int | None = None
    output_seo_tag_gen: bool | None = None
    output_seo_rename: bool | None = None
    output_seo_language: str | None = None
    executed_upscale: bool = False
    executed_resize: bool = False
    executed_compress: bool = False
    executed_tag: bool = False
    processed_file_path: str | None = None
    processed_filename: str | None = None
    processed_size: int | None = None
    processed_format: str | None = None
    processed_width: int | None = None
    processed_height: int | None = None
    processed_compression_ratio: float | None = None
    seo_alt_text: str | None = None
    seo_filename: str | None = None
    seo_keywords: list[str] | None = None
    job_source: str | None = None
    job_entry_point: str | None = None
    processing_time_ms: int | None = None
    credits_used: int = 0
    error_message: str | None = None
    created_at: datetime
    started_at: datetime | None = None
    completed_at: datetime | None = None
    expires_at: datetime
    encoder: str | None = None
    encoder_quality: int | None = None
    original_returned: bool | None = None
    processed_frames: int | None = None
    size_limit_met: bool | None = None
    processed_hdr: bool | None = None
    score: float | None = None
    score_metric: str | None = None
    upscale_model: str | None = None
    upscale_device: str | None = None
    upscale_seconds: float | None = None
    upscale_tiles: int | None = None
    words_by: str | None = None
    words_language: str | None = None
    warning: str | None = None
    download_url: str | None = None
    candidates: list[dict[str, Any]] | None = None
    outputs: list[dict[str, Any]] | None = None
    srcset: dict[str, str] | None = None
    thumbhash: str | None = None
    dominant_colors: list[str] | None = None
    queue_position: int | None = None
    estimated_wait_seconds: int | None = None
    callback: Callback | None = None
    cost_estimate_usd: float | None = None


# The settings that the answer for a job repeats.
SHOWN_SETTINGS = (JobResponse.model_fields.keys() & ProcessingSettings.model_fields.keys()) - {"outputs"}


def present_position(position: QueuePosition | None) -> dict[str, int]:
    """The fields of a queue position, for the status and the events of a job."""
    return {"queue_position": position.position, "estimated_wait_seconds": position.wait_seconds} if position else {}


def present_job(job: Job, position: QueuePosition | None = None) -> JobResponse:
    return JobResponse.model_validate(
        {
            "id": UUID(job.id),
            "status": job.status,
            "original_filename": job.filename,
            "original_size": job.source_size,
            "original_format": job.source.format,
            "original_mime_type": job.source.mime_type,
            "original_width": job.source.width,
            "original_height": job.source.height,
            "original_dpi": job.source.dpi,
            "original_file_path": job.source_key,
            **{f"executed_{step.value}": step in job.executed for step in Step},
            "job_entry_point": job.entry_point,
            "processing_time_ms": job.processing_milliseconds,
            "credits_used": job.credits_used,
            "cost_estimate_usd": job_dollars(job),
            "error_message": job.error_message,
            "warning": job.warning,
            "callback": job.callback or (Callback() if job.options.callback_url else None),
            "created_at": job.created_at,
            "started_at": job.started_at,
            "completed_at": job.completed_at,
            "expires_at": job.expires_at,
            **job.options.model_dump(include=SHOWN_SETTINGS),
            **present_result(job),
            **present_tags(job),
            **present_position(position),
        }
    )


def present_result(job: Job) -> dict[str, object]:
    """The fields of the first result, and all results in `outputs`."""
    if not job.results:
        return {}
    artifact, first, outputs = job.results[0].artifact, show_result(job, job.results[0]), show_outputs(job)
    del first["warning"]  # the job's warning includes it
    return first | {
        "outputs": outputs,
        "srcset": outputs and make_srcsets(job),
        "thumbhash": artifact.thumbhash,
        "dominant_colors": list(artifact.dominant_colors),
    }


def make_srcsets(job: Job) -> dict[str, str]:
    """For each media type the value of `srcset` (HTML, 4.8.4.2.1): paths of results, each with its width in pixels.

    A width may occur only once in a `srcset`. Of several results with the same width the first is listed.
    """
    candidates: dict[str, dict[int, str]] = {}
    for each in job.results:
        by_width = candidates.setdefault(each.artifact.mime_type, {})
        by_width.setdefault(each.artifact.width, f"{download_path(job, each)} {each.artifact.width}w")
    return {mime_type: ", ".join(found.values()) for mime_type, found in candidates.items()}


def present_tags(job: Job) -> dict[str, object]:
    if job.words is None:
        return {}
    return {
        "seo_alt_text": job.words.alt_text,
        "seo_keywords": list(job.words.keywords),
        "seo_filename": job.seo_filename,
        "words_by": job.words.source,
        "words_language": job.words.language,
    }


def content_disposition(filename: str) -> str:
    """The header's value: an ASCII name that any client can parse, and the full name if it differs (RFC 6266)."""
    plain = ascii_filename(filename)
    full = "" if plain == filename else f"; filename*=UTF-8''{quote(filename, safe='')}"
    return f'attachment; filename="{plain}"{full}'
