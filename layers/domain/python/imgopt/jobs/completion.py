"""What clients are told of what a job came to: by its answers, and when it ends by a stream or a callback."""

from dataclasses import asdict

from imgopt.imaging.artifact import SHOWN, Artifact
from imgopt.jobs.model import Job

IN_EVENTS = ("size", "format", "width", "height", "score", "score_metric")


def show_artifact(artifact: Artifact) -> dict[str, object]:
    shown: dict[str, object] = {told: getattr(artifact, name) for name, told in SHOWN.items()}
    made_up = asdict(artifact.upscaling) if artifact.upscaling else {}
    return shown | {f"upscale_{name}": value for name, value in made_up.items()}


def completion_event(job: Job) -> dict[str, object]:
    result, tags = job.result, job.words
    return {
        "job_id": job.id,
        "status": job.status.value,
        "processed_filename": job.result_filename,
        **{SHOWN[name]: result and getattr(result, name) for name in IN_EVENTS},
        "processed_compression_ratio": job.compression_ratio,
        "seo_alt_text": tags and tags.alt_text,
        "seo_filename": job.seo_filename,
        "seo_keywords": tags and list(tags.keywords),
        "error": job.error_message,
    }
