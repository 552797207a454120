"""Models of the answers that routes build as plain dictionaries.

Only the served document uses them, and imports this module when it is requested. The contract describes most of these
answers as any JSON. Tests compare real answers with the models.
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
    """The name of the service, and where it is described."""

    name: str = Field(description="The name of the API.")
    version: str = Field(description="The version of the API.")
    docs: str | None = Field(None, description="The path of the API's reference page. Absent if it is not served.")
    openapi: str | None = Field(None, description="The path of this document. Absent if it is not served.")


class HealthResponse(BaseModel):
    """The state of the service."""

    status: str = Field(description="`healthy` or `ready`.")


class CreditsResponse(BaseModel):
    """The tier of an account, and its credits in the current period."""

    tier: Tier = Field(description="The tier of the account. A guest's is `unregistered`.")
    credits_limit: int = Field(description="The number of credits of the whole period.")
    credits_remaining: int
    credits_reset_at: datetime.datetime = Field(description="The time at which the next period begins.")


class DeviceCodeResponse(BaseModel):
    """A device login, which a user approves in a browser."""

    device_code: str = Field(description="The code with which the program polls `GET /mcp/auth/token`. It is secret.")
    user_code: str = Field(description="The code that the program shows to its user, such as `TINI-7X4K-M2P9`.")
    verify_url: str = Field(description="The URL of the page where the user approves the login.")
    expires_in: int = Field(description="The number of seconds until both codes expire.")
    interval: int = Field(description="The number of seconds to wait between two polls.")


class DeviceUserResponse(CreditsResponse):
    """The user who approved a device login."""

    email: str | None = Field(description="The user's e-mail address. Null if the OIDC issuer does not tell it.")


class DeviceTokenResponse(BaseModel):
    """The state of a device login."""

    status: TokenAnswer = Field(description="The state of the login: `pending`, `approved`, `denied` or `expired`.")
    mcp_token: str | None = Field(None, description="The device token. Only the first `approved` answer has it.")
    user: DeviceUserResponse | None = Field(None, description="The user who approved. It is beside `mcp_token`.")


class DeviceDecisionResponse(BaseModel):
    """The decision about a device login."""

    success: bool
    status: str = Field(description="The decision: `approved` or `denied`.")


class DeviceRevokedResponse(BaseModel):
    """The device token is no longer valid."""

    success: bool


class DeviceStatusResponse(CreditsResponse):
    """The caller's account and credits."""

    logged_in: bool = Field(description="Whether the caller is a user. False for guests and invalid credentials.")
    email: str | None = Field(None, description="The user's e-mail address. Absent if it is not known.")


class SubscriptionResponse(BaseModel):
    """A Stripe subscription. Without one, all fields but `tier` and `credits_limit` are null or false."""

    tier: Tier = Field(description="The tier that the account has now.")
    status: str | None = Field(description="The subscription's status in Stripe, such as `active`.")
    price_id: str | None = Field(description="The id of the subscription's price in Stripe.")
    current_period_start: datetime.datetime | None = Field(description="The time at which the paid period began.")
    current_period_end: datetime.datetime | None = Field(description="The time at which the paid period ends.")
    cancel_at_period_end: bool = Field(description="Whether the subscription ends with the paid period.")
    cancel_at: datetime.datetime | None = Field(
        description="The time at which the subscription ends. Null if it was not cancelled."
    )
    credits_limit: int = Field(description="The number of credits of a period of the tier.")


class DayResponse(BaseModel):
    """Usage of one day, by UTC."""

    date: datetime.date = Field(description="The date, by UTC.")
    jobs: int = Field(description="The number of jobs that were accepted.")
    failed_jobs: int = Field(description="The number of these jobs that failed.")
    credits: int = Field(description="The credits that were charged for these jobs, less refunds.")
    original_bytes: int = Field(description="The size of the uploads of these jobs together, in bytes.")


class UsageHistoryResponse(BaseModel):
    """Usage by day."""

    days: int = Field(description="The number of days.")
    total_jobs: int = Field(description="The number of jobs on all days together.")
    total_credits: int = Field(description="The credits of all days together, less refunds.")
    daily: list[DayResponse] = Field(description="One entry for each day, the oldest first. Days without jobs, too.")


class UsageSummaryResponse(CreditsResponse):
    """The caller's credits and subscription."""

    credits_used: int = Field(description="The number of credits that were used in the current period.")
    subscription: SubscriptionResponse | None = Field(
        description="The caller's subscription. Null if there never was one."
    )


class StripeEventResponse(BaseModel):
    """The event was received."""

    received: bool = Field(description="Always true.")


class CleanupResponse(BaseModel):
    """What a cleanup has deleted."""

    deleted_jobs: int = Field(description="The number of expired jobs that were deleted.")
    deleted_files: int = Field(description="The number of files of jobs and uploads that were deleted.")
    errors: list[str] = Field(description="What could not be deleted and why, at most 100 entries.")


class RefreshResponse(BaseModel):
    """What a refresh has deleted."""

    success: bool
    refreshed: int = Field(description="The number of credit records of past days that were deleted.")


class CandidateResponse(BaseModel):
    """A format that `auto` tried."""

    format: str = Field(description="The format, such as `webp`.")
    bytes: int = Field(description="The size of the image in this format, in bytes.")
    score: float | None
    milliseconds: int = Field(description="The CPU time of the encoding in milliseconds.")


class OutputResponse(BaseModel):
    """One of several results of a job. Its fields have the same meaning as those of the job."""

    processed_file_path: str
    processed_filename: str
    processed_size: int
    processed_format: str
    processed_width: int
    processed_height: int
    processed_compression_ratio: float
    processed_frames: int
    processed_hdr: bool
    mime_type: str = Field(description="The media type of the result.")
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
    """The state of the job of a task. The fields after `status` are present once the job has ended."""

    success: bool = Field(description="Whether the job is completed or still runs. False if it failed or expired.")
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
    error: str | None = Field(None, description="The reason why the job failed. Null if it did not.")
    warning: str | None = None
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
# Models of the items of lists, by the model and field that has them.
ITEM_MODELS: dict[tuple[str, str], type[BaseModel]] = {
    ("JobResponse", "outputs"): OutputResponse,
    ("JobResponse", "candidates"): CandidateResponse,
}


def schemas_of_answers(*others: type[BaseModel]) -> dict[str, Any]:
    """The JSON schemas of all answers, and of the models `others`, by name, for `components` of the document."""
    models = {(model, MODE) for model in (*ANSWER_MODELS.values(), *ITEM_MODELS.values(), *others)}
    schemas: dict[str, Any] = models_json_schema([*models], ref_template=REFERENCE)[1]["$defs"]
    return schemas
