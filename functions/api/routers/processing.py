"""Requests for jobs."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Header, Request
from pydantic import BaseModel, ConfigDict

from functions.api.addresses import networks_of
from functions.api.payments import runs_submission, tender_of
from functions.api.presenters import present_job
from functions.api.rate_limit import LimitedRoute, RateLimitedPrincipal, count_request, limit
from functions.api.requests import (
    CompressRequest,
    ProcessFilesRequest,
    ResizeRequest,
    SubmitRequest,
    TagRequest,
    UpscaleRequest,
)
from functions.api.warnings import describe_without_effect
from imgopt.accounts.model import Credential, Principal
from imgopt.callbacks import owner_secrets
from imgopt.imaging.accept import read_accept_header
from imgopt.imaging.candidates import is_auto
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.outputs import outputs_of
from imgopt.jobs import submission
from imgopt.jobs.polling import poll_after
from imgopt.quotas.rules import RULES

router = APIRouter(route_class=LimitedRoute)
RATE_LIMITS = [limit("processing")]
CREDENTIAL_HEADERS = ("authorization", "x-session-token")
IdempotencyKey = Annotated[
    str | None, Header(min_length=1, max_length=255, pattern=r"^[\x21-\x7e]+$", include_in_schema=False)
]


class ProcessFilesResponse(BaseModel):
    """Response for batch file processing.

    The field `"0"` repeats the first job, for clients that read the answer as a list.
    """

    model_config = ConfigDict(extra="allow")

    success: bool
    jobs: list[dict[str, Any]]
    credits_used: int | None = None
    credits_remaining: int | None = None
    callback_secret: str | None = None
    poll_after_seconds: float | None = None
    warnings: list[str] = []


@router.post("/auto", tags=["auto"], dependencies=RATE_LIMITS)
@runs_submission
def process_auto(
    http: Request, principal: RateLimitedPrincipal, request: ProcessFilesRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Process previously uploaded temp files with smart routing.

    It accepts temp_file_ids from the /upload endpoint and applies processing based on settings.

    Components are automatically determined by settings:
    - Upscale: if output_upscale_factor is set
    - Resize: if output_width or output_height is set
    - Compress: always runs (quality setting)
    - Tag: if output_seo_tag_gen is True
    """
    return submit(http, principal, request, "auto", idempotency_key)


@router.post("/compress", tags=["compress"], dependencies=RATE_LIMITS)
@runs_submission
def compress_images(
    http: Request, principal: RateLimitedPrincipal, request: CompressRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Compress images with optional format conversion.

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(http, principal, request, "compress", idempotency_key)


@router.post("/resize", tags=["resize"], dependencies=RATE_LIMITS)
@runs_submission
def resize_images(
    http: Request, principal: RateLimitedPrincipal, request: ResizeRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Resize images to specified dimensions.

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(http, principal, request, "resize", idempotency_key)


@router.post("/upscale", tags=["upscale"], dependencies=RATE_LIMITS)
@runs_submission
def upscale_images(
    http: Request, principal: RateLimitedPrincipal, request: UpscaleRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Upscale images using AI (2x or 4x).

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(http, principal, request, "upscale", idempotency_key)


@router.post("/tag", tags=["tag"], dependencies=RATE_LIMITS)
@runs_submission
def tag_images(
    http: Request, principal: RateLimitedPrincipal, request: TagRequest, idempotency_key: IdempotencyKey = None
) -> ProcessFilesResponse:
    """Generate AI metadata for images (alt text, keywords, filename).

    Accepts temp_file_ids from the /upload endpoint.
    """
    return submit(http, principal, request, "tag", idempotency_key)


def submit(
    http: Request, principal: Principal | None, request: SubmitRequest, entry_point: str, key: str | None
) -> ProcessFilesResponse:
    options = take_accept(request.options(), http.headers.get("accept", ""))
    payer = payer_of(http, principal, request)
    if payer and payer.is_guest:
        payer = replace(payer, networks=networks_of(http))
    secret = find_secret(payer) if options.callback_url else None  # before anything is charged
    accepted = submission.submit(payer, request.temp_file_ids, options, entry_point, key, tender=tender_of(http))
    shown = [{**present_job(job).model_dump(mode="json"), "temp_file_id": job.temp_file_id} for job in accepted.jobs]
    return ProcessFilesResponse.model_validate(
        {
            "success": True,
            "jobs": shown,
            "credits_used": accepted.credits_used,
            "credits_remaining": accepted.credits_remaining,
            "callback_secret": secret,
            "poll_after_seconds": poll_after(accepted.jobs),
            "warnings": [
                *request.warnings,
                *warn_of_callback(options, secret),
                *describe_without_effect([job.source for job in accepted.jobs], options),
            ],
            "0": shown[0],
        }
    )


def take_accept(options: ProcessingSettings, header: str) -> ProcessingSettings:
    """Sets `accept` from the request's Accept header if the format is `auto` and the settings have no `accept`."""
    chooses = any(map(is_auto, outputs_of(options)))
    return (
        options.model_copy(update={"accept": read_accept_header(header)})
        if chooses and options.accept is None
        else options
    )


def payer_of(http: Request, principal: Principal | None, request: SubmitRequest) -> Principal | None:
    """The principal who pays. Without any credential it is the guest who owns the uploads; the request is counted."""
    if principal or any(name in http.headers for name in CREDENTIAL_HEADERS):
        return principal
    guest = submission.find_payer(request.temp_file_ids)
    http.state.owner = guest.id
    count_request(http, RULES["processing"], guest.id)
    return guest


def find_secret(payer: Principal | None) -> str | None:
    """The secret that signs the payer's callbacks. None if the payer is known only by the id of an upload."""
    return owner_secrets.secret_of(payer.id) if payer and payer.credential is not Credential.UPLOAD else None


def warn_of_callback(options: ProcessingSettings, secret: str | None) -> list[str]:
    if options.callback_url is None or secret:
        return []
    return ["The callback is signed. To get its secret, send the session token of the upload with the request."]
