"""Answers about jobs in the form of TinyPNG's API."""

from fastapi import Request, Response
from fastapi.responses import JSONResponse

from functions.api.locations import public_url
from functions.api.routers.download import answer_download, sign_download
from functions.api.tinypng import errors
from functions.api.tinypng.errors import TinypngRefusal
from imgopt.imaging.artifact import Artifact
from imgopt.jobs.model import UNFINISHED, Job, JobStatus
from imgopt.settings import settings
from imgopt.workflow.reasons import OF_THE_SERVICE

COUNT = "Compression-Count"
STILL_AT_WORK = (
    "The image is still being processed. Send the same request again to get the result. It is charged only once."
)
LARGE_RESULT = "The result has {} bytes, which is too large for this answer. Download it from the URL in Location."


def check_end(job: Job) -> Job:
    """Returns a completed job. Raises TinypngRefusal if it has not ended or failed, Expired if it has expired."""
    if job.status in UNFINISHED:
        raise TinypngRefusal(errors.STILL_RUNNING, STILL_AT_WORK)
    if job.status is JobStatus.FAILED:
        reason = job.error_message or ""
        raise TinypngRefusal(errors.BROKEN if reason in OF_THE_SERVICE else errors.UNDECODABLE, reason)
    job.finished_result()
    return job


def describe_shrunk(request: Request, job: Job, count: int) -> JSONResponse:
    artifact, path = job.finished_result().artifact, f"/output/{job.id}"
    url = f"{public_url(request)}{path}"
    content = {
        "input": {"size": job.source_size, "type": job.source.mime_type},
        "output": {
            "size": artifact.size,
            "type": artifact.mime_type,
            "width": artifact.width,
            "height": artifact.height,
            "ratio": job.finished_result().compression_ratio,
            "url": url,
        },
    }
    # Clients put the service's URL before a Location that does not begin with https.
    location = url if url.startswith("https:") else path
    return JSONResponse(content, 201, {"Location": location, COUNT: str(count)})


def size_headers(artifact: Artifact, count: int) -> dict[str, str]:
    return {"Image-Width": str(artifact.width), "Image-Height": str(artifact.height), COUNT: str(count)}


def describe_stored(job: Job, count: int, location: str) -> Response:
    """The answer for a result that was stored at `location` in a client's bucket."""
    return Response(headers={**size_headers(job.finished_result().artifact, count), "Location": location})


def send_result(job: Job, count: int) -> Response:
    """The bytes of the result, or 303 with its URL, so that the client sends a GET there."""
    result = job.finished_result()
    artifact = result.artifact
    headers = size_headers(artifact, count)
    if artifact.size <= settings().inline_download_bytes:
        return answer_download(artifact, None, headers, with_body=True)
    body = {"error": errors.OVERSIZED.kind, "message": LARGE_RESULT.format(artifact.size)}
    return JSONResponse(body, 303, {**headers, "Location": sign_download(result)})
