"""Answers that routes build of plain objects, as models: for the served document alone, which loads them late.

The contract says of most of them no more than that they are JSON. Tests hold real answers against them.
"""

import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field
from pydantic.json_schema import models_json_schema

from functions.api.config_schema import ConfigResponse
from imgopt.accounts.plans import Tier
from imgopt.devices.model import TokenAnswer
from imgopt.jobs.model import JobStatus

MODE: Literal["serialization"] = "serialization"
REFERENCE = "#/components/schemas/{model}"


class RootResponse(BaseModel):
    """What this is."""

    name: str = Field(description="The name of the API.")
    version: str = Field(description="The version of the API.")
    docs: str | None = Field(None, description="The path of the page about it; absent where there is none.")
    openapi: str | None = Field(None, description="The path of this document; absent where it is not served.")


class HealthResponse(BaseModel):
    """That the service is there."""

    status: str = Field(description="`healthy` or `ready`.")


class CreditsResponse(BaseModel):
    """A plan, and what is left of it."""

    tier: Tier = Field(description="The plan.")
    credits_limit: int = Field(description="Credits of the whole time.")
    credits_remaining: int
    credits_reset_at: datetime.datetime = Field(description="When there are as many again.")


class DeviceCodeResponse(BaseModel):
    """A login of a program, to be approved in a browser."""

    device_code: str = Field(description="For `GET /mcp/auth/token`. It is a secret.")
    user_code: str = Field(description="What the user is shown.")
    verify_url: str = Field(description="The page where the user approves it.")
    expires_in: int
    interval: int = Field(description="Seconds from one poll to the next.")


class DeviceUserResponse(CreditsResponse):
    """Who let a program in."""

    email: str | None = Field(description="Their e-mail address, where the issuer tells it.")


class DeviceTokenResponse(BaseModel):
    """How far a login is."""

    status: TokenAnswer = Field(description="How far it is.")
    mcp_token: str | None = Field(None, description="The token, once the login is approved. It is told once.")
    user: DeviceUserResponse | None = Field(None, description="Who has approved it.")


class DeviceDecisionResponse(BaseModel):
    """A login was decided on."""

    success: bool
    status: str = Field(description="`approved` or `denied`.")


class DeviceRevokedResponse(BaseModel):
    """The token is none any more."""

    success: bool


class DeviceStatusResponse(CreditsResponse):
    """Who is signed in, and what is left."""

    logged_in: bool = Field(description="Whether it is a user.")
    email: str | None = Field(None, description="Their e-mail address, where the issuer tells it.")


class SubscriptionResponse(BaseModel):
    """A subscription by Stripe; without one all but `tier` and `credits_limit` is empty."""

    tier: Tier = Field(description="The plan that counts.")
    status: str | None = Field(description="As Stripe names it.")
    price_id: str | None = Field(description="The price in Stripe.")
    current_period_start: datetime.datetime | None = Field(description="When the paid period began.")
    current_period_end: datetime.datetime | None = Field(description="When the paid period ends.")
    cancel_at_period_end: bool = Field(description="Whether it ends with the paid period.")
    cancel_at: datetime.datetime | None = Field(description="When it ends, where it has been cancelled.")
    credits_limit: int = Field(description="Credits of the plan.")


class DayResponse(BaseModel):
    """A day by UTC."""

    date: datetime.date = Field(description="The day.")
    jobs: int = Field(description="Jobs that were accepted.")
    failed_jobs: int = Field(description="Those of them that failed.")
    credits: int = Field(description="What they cost, less what was given back.")
    original_bytes: int = Field(description="Bytes of their originals.")


class UsageHistoryResponse(BaseModel):
    """What was used, day by day."""

    days: int = Field(description="How many days.")
    total_jobs: int = Field(description="Jobs of all days.")
    total_credits: int = Field(description="Credits of all days.")
    daily: list[DayResponse] = Field(description="Each day, the oldest first.")


class UsageSummaryResponse(CreditsResponse):
    """What is left."""

    credits_used: int = Field(description="Credits that were used of them.")
    subscription: SubscriptionResponse | None = Field(description="Null for who never had one.")


class StripeEventResponse(BaseModel):
    """The event has arrived."""

    received: bool = Field(description="Always true.")


class CleanupResponse(BaseModel):
    """What was removed."""

    deleted_jobs: int = Field(description="Jobs.")
    deleted_files: int = Field(description="Files of jobs and uploads.")
    errors: list[str] = Field(description="What could not be removed, up to 100.")


class RefreshResponse(BaseModel):
    """What was tidied up."""

    success: bool
    refreshed: int = Field(description="Records of the days before that were removed.")


class CandidateResponse(BaseModel):
    """A format that `auto` tried."""

    format: str = Field(description="The format.")
    bytes: int = Field(description="Bytes of the result.")
    score: float | None
    milliseconds: int = Field(description="CPU time that it took.")


class OutputResponse(BaseModel):
    """One of several results, by the fields of a job."""

    processed_file_path: str
    processed_filename: str
    processed_size: int
    processed_format: str
    processed_width: int
    processed_height: int
    processed_compression_ratio: float
    processed_frames: int
    processed_hdr: bool
    mime_type: str = Field(description="The media type.")
    encoder: str
    encoder_quality: int | None
    original_returned: bool
    size_limit_met: bool | None
    score: float | None
    score_metric: str | None
    upscale_model: str | None = None
    upscale_device: str | None = None
    upscale_seconds: float | None = None
    upscale_tiles: int | None = None
    warning: str | None
    candidates: list[CandidateResponse] | None
    download_url: str


class TaskResponse(BaseModel):
    """How far the job of a task is; all that follows `status` is there once it has ended."""

    success: bool = Field(description="Whether the job is completed, or goes on.")
    job_id: str
    status: JobStatus
    processed_filename: str | None = None
    processed_size: int | None = None
    processed_format: str | None = None
    processed_width: int | None = None
    processed_height: int | None = None
    processed_compression_ratio: float | None = None
    score: float | None = None
    score_metric: str | None = None
    seo_alt_text: str | None = None
    seo_filename: str | None = None
    seo_keywords: list[str] | None = None
    error: str | None = Field(None, description="Why the job failed.")
    outputs: list[OutputResponse] | None = None


ANSWER_MODELS: dict[str, type[BaseModel]] = {
    "GET / 200": RootResponse,
    "GET /health 200": HealthResponse,
    "GET /readiness 200": HealthResponse,
    "GET /config 200": ConfigResponse,
    "POST /process 200": TaskResponse,
    "POST /process 202": TaskResponse,
    "GET /billing/subscription 200": SubscriptionResponse,
    "POST /webhooks/stripe 200": StripeEventResponse,
    "GET /usage/history 200": UsageHistoryResponse,
    "GET /usage/summary 200": UsageSummaryResponse,
    "POST /internal/cleanup 200": CleanupResponse,
    "POST /internal/refresh-daily-credits 200": RefreshResponse,
    "POST /mcp/auth/device-code 200": DeviceCodeResponse,
    "GET /mcp/auth/token 200": DeviceTokenResponse,
    "POST /mcp/auth/approve 200": DeviceDecisionResponse,
    "POST /mcp/auth/deny 200": DeviceDecisionResponse,
    "POST /mcp/auth/revoke 200": DeviceRevokedResponse,
    "GET /mcp/auth/status 200": DeviceStatusResponse,
}
# Of fields of models that routes do answer with.
ITEM_MODELS: dict[tuple[str, str], type[BaseModel]] = {
    ("JobResponse", "outputs"): OutputResponse,
    ("JobResponse", "candidates"): CandidateResponse,
}


def schemas_of_answers(*others: type[BaseModel]) -> dict[str, Any]:
    """By name, for `components`, with those of other models."""
    models = {(model, MODE) for model in (*ANSWER_MODELS.values(), *ITEM_MODELS.values(), *others)}
    schemas: dict[str, Any] = models_json_schema([*models], ref_template=REFERENCE)[1]["$defs"]
    return schemas
