"""What clients are told of a job when it ends, by a stream or by a callback."""

from imgopt.jobs.model import Job


def describe_ending(job: Job) -> dict[str, object]:
    result = job.result
    return {
        "job_id": job.id,
        "status": job.status.value,
        "processed_filename": job.result_filename,
        "processed_size": result and result.size,
        "processed_format": result and result.format,
        "processed_width": result and result.width,
        "processed_height": result and result.height,
        "processed_compression_ratio": job.compression_ratio,
        "seo_alt_text": None,
        "seo_filename": None,
        "seo_keywords": None,
        "error": job.error_message,
    }
