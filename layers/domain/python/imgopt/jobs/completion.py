"""The part of a job that clients see of its outcome, in answers, and in the events of streams and callbacks."""

from dataclasses import asdict

from imgopt.imaging.artifact import SHOWN, Artifact
from imgopt.jobs.model import FIRST, Job, JobResult

IN_EVENTS = ("size", "format", "width", "height", "score", "score_metric")


def show_artifact(artifact: Artifact) -> dict[str, object]:
    shown: dict[str, object] = {public_name: getattr(artifact, name) for name, public_name in SHOWN.items()}
    made_up = asdict(artifact.upscaling) if artifact.upscaling else {}
    return shown | {f"upscale_{name}": value for name, value in made_up.items()}


def show_outputs(job: Job) -> list[dict[str, object]] | None:
    """Returns each result in the order of `outputs`; None where the request had no `outputs`."""
    return [show_result(job, each) for each in job.results] if job.options.outputs else None


def show_result(job: Job, result: JobResult) -> dict[str, object]:
    """Returns the fields that a job with only this result would show, with the result's own URL and MIME type."""
    return {
        **show_artifact(result.artifact),
        "mime_type": result.artifact.mime_type,
        "processed_filename": result.filename,
        "processed_compression_ratio": result.compression_ratio,
        "warning": result.artifact.warning,
        "candidates": [asdict(each) for each in result.artifact.candidates] or None,
        "download_url": download_path(job, result),
    }


def download_path(job: Job, result: JobResult) -> str:
    return f"/download/{job.id}" if result.number == FIRST else f"/download/{job.id}?output={result.number}"


def completion_event(job: Job) -> dict[str, object]:
    result, tags = next(iter(job.results), None), job.words
    outputs = show_outputs(job)
    return {
        "job_id": job.id,
        "status": job.status.value,
        "processed_filename": result and result.filename,
        **{SHOWN[name]: result and getattr(result.artifact, name) for name in IN_EVENTS},
        "processed_compression_ratio": result and result.compression_ratio,
        "seo_alt_text": tags and tags.alt_text,
        "seo_filename": job.seo_filename,
        "seo_keywords": tags and list(tags.keywords),
        "error": job.error_message,
        "warning": job.warning,
        **({"outputs": outputs} if outputs else {}),
    }
