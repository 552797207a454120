"""Settings of credits and quotas."""

from pydantic import BaseModel, Field

from imgopt.units import HOUR, MEBIBYTE


class CreditSettings(BaseModel):
    """Credits of tiers, prices of steps, lifetimes of results, and rate limits."""

    credits_unregistered: int = Field(20, ge=0, description="Credits of a guest per day.")
    credits_free: int = Field(50, ge=0, description="Credits of a user without a subscription per day.")
    credits_starter: int = Field(1_000, ge=0, description="Credits of the tier `starter` per month.")
    credits_pro: int = Field(3_000, ge=0, description="Credits of the tier `pro` per month.")
    credits_max: int = Field(10_000, ge=0, description="Credits of the tier `max` per month.")
    credits_enterprise: int = Field(
        100_000,
        ge=0,
        description=("Credits of the tier `enterprise` per month. No price buys this tier; it is given by contract."),
    )

    cost_compress: int = Field(
        3, ge=0, description="Credits for compressing one image, or one frame of an animation whose result is animated."
    )
    cost_resize: int = Field(
        1, ge=0, description="Credits for resizing one image or frame, added to those for compressing."
    )
    cost_upscale: int = Field(
        2, ge=0, description="Credits for upscaling one image or frame, added to those for compressing."
    )
    cost_tag: int = Field(1, ge=0, description="Credits for tagging one image, however many frames it has.")

    retention_unregistered: int = Field(
        24 * HOUR, gt=0, description="Seconds for which a guest's job and its result are kept."
    )
    retention_free: int = Field(
        24 * HOUR,
        gt=0,
        description="Seconds for which the job of a user without a subscription and its result are kept.",
    )
    retention_paid: int = Field(
        7 * 24 * HOUR,
        gt=0,
        description="Seconds for which the job of a user with a subscription and its result are kept.",
    )

    rate_uploads_unregistered: int = Field(
        60, gt=0, description="Uploads per minute of a guest, or of an IP address without a session token."
    )
    rate_uploads_free: int = Field(300, gt=0, description="Uploads per minute of a user without a subscription.")
    rate_uploads_paid: int = Field(600, gt=0, description="Uploads per minute of a user with a subscription.")
    rate_processing_unregistered: int = Field(60, gt=0, description="Processing calls per minute of a guest.")
    rate_processing_free: int = Field(
        300, gt=0, description="Processing calls per minute of a user without a subscription."
    )
    rate_processing_paid: int = Field(
        600, gt=0, description="Processing calls per minute of a user with a subscription."
    )
    rate_new_guests: int = Field(
        50,
        gt=0,
        description=(
            "Uploads without a credential per day from one IP address; each creates a new guest. With `make "
            "up`, where all callers share one address, the default is that of `IMGOPT_GUESTS_IN_ALL`."
        ),
    )
    guests_per_address: int = Field(
        5,
        gt=0,
        description=(
            "Number of guests whose daily credits all guests at one IP address share. With `make up`, where "
            "all callers share one address, the default is that of `IMGOPT_GUESTS_IN_ALL`."
        ),
    )
    guests_per_site: int = Field(
        20,
        gt=0,
        description=(
            "Number of guests whose daily credits all guests of one site share; a site is the /48 network of an IPv6 "
            "address. With `make up` the default is that of `IMGOPT_GUESTS_IN_ALL`."
        ),
    )
    guests_in_all: int = Field(
        5000, gt=0, description="Number of guests whose daily credits all guests of the service share."
    )
    rate_upload_bytes_unregistered: int = Field(
        1024 * MEBIBYTE, gt=0, description="Bytes that all guests at one IP address may upload per day."
    )
    rate_upload_bytes_free: int = Field(
        5 * 1024 * MEBIBYTE, gt=0, description="Bytes that a user without a subscription may upload per day."
    )
    rate_upload_bytes_paid: int = Field(
        100 * 1024 * MEBIBYTE, gt=0, description="Bytes that a user with a subscription may upload per day."
    )
    rate_failed_jobs_unregistered: int = Field(
        20,
        gt=0,
        description=(
            "Jobs of a guest that may fail per day because of their files; after that, processing calls are "
            "refused until the next day."
        ),
    )
    rate_failed_jobs_free: int = Field(
        50,
        gt=0,
        description=(
            "Jobs of a user without a subscription that may fail per day because of their files; after that, "
            "processing calls are refused until the next day."
        ),
    )
    rate_failed_jobs_paid: int = Field(
        1000,
        gt=0,
        description=(
            "Jobs of a user with a subscription that may fail per day because of their files; after that, "
            "processing calls are refused until the next day."
        ),
    )
    rate_key_checks: int = Field(60, gt=0, description="Calls of `GET /keys/{key}` per minute from one IP address.")
    rate_device_code: int = Field(10, gt=0, description="Device codes that one IP address may request per hour.")
    rate_token_poll: int = Field(30, gt=0, description="Polls per minute for the token of one device code.")
    rate_polls_by_address: int = Field(
        300, gt=0, description="Polls per minute for tokens from one IP address, for all device codes together."
    )
    rate_approve: int = Field(10, gt=0, description="Approvals of device codes per hour from one IP address.")
