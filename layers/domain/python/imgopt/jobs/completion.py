"""What clients are told of a job when it ends, by a stream or by a callback."""

from imgopt.jobs.model import Job


def completion_event(job: Job) -> dict[str, object]:
    result, words = job.result, job.words
    return {
        "job_id": job.id,
        "status": job.status.value,
        "processed_filename": job.result_filename,
        "processed_size": result and result.size,
        "processed_format": result and result.format,
        "processed_width": result and result.width,
        "processed_height": result and result.height,
        "processed_compression_ratio": job.compression_ratio,
        "seo_alt_text": words and words.alt_text,
        "seo_filename": job.seo_filename,
        "seo_keywords": words and list(words.keywords),
        "error": job.error_message,
    }
