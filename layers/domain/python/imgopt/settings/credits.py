"""What users and guests have, and how often they may ask."""

from pydantic import BaseModel, Field

from imgopt.units import HOUR, MEBIBYTE


class CreditSettings(BaseModel):
    """Credits, what steps cost, how long results are kept, and rates."""

    credits_unregistered: int = Field(20, ge=0, description="Credits of a guest for a day.")
    credits_free: int = Field(50, ge=0, description="Credits of a user without a subscription for a day.")
    credits_starter: int = Field(1_000, ge=0, description="Credits of the tier `starter` for a month.")
    credits_pro: int = Field(3_000, ge=0, description="Credits of the tier `pro` for a month.")
    credits_max: int = Field(10_000, ge=0, description="Credits of the tier `max` for a month.")
    credits_enterprise: int = Field(
        100_000,
        ge=0,
        description=("Credits of the tier `enterprise` for a month. No price buys this tier; it is given by contract."),
    )

    cost_compress: int = Field(
        3, ge=0, description="Credits for compressing one image, or one frame of an animation that stays one."
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
        60, gt=0, description="Uploads that a guest, or an address without a session token, may send in a minute."
    )
    rate_uploads_free: int = Field(
        300, gt=0, description="Uploads that a user without a subscription may send in a minute."
    )
    rate_uploads_paid: int = Field(
        600, gt=0, description="Uploads that a user with a subscription may send in a minute."
    )
    rate_processing_unregistered: int = Field(
        60, gt=0, description="Processing calls that a guest may send in a minute."
    )
    rate_processing_free: int = Field(
        300, gt=0, description="Processing calls that a user without a subscription may send in a minute."
    )
    rate_processing_paid: int = Field(
        600, gt=0, description="Processing calls that a user with a subscription may send in a minute."
    )
    rate_new_guests: int = Field(
        50,
        gt=0,
        description=(
            "Uploads without a credential from one address in a day; each makes a new guest. With `make up`, where "
            "all callers share one address, the default is that of `IMGOPT_GUESTS_IN_ALL`."
        ),
    )
    guests_per_address: int = Field(
        5,
        gt=0,
        description=(
            "Number of guests whose daily credits all guests at one address share. With `make up`, where all callers "
            "share one address, the default is that of `IMGOPT_GUESTS_IN_ALL`."
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
        1024 * MEBIBYTE, gt=0, description="Bytes that all guests at one address may upload in a day."
    )
    rate_upload_bytes_free: int = Field(
        5 * 1024 * MEBIBYTE, gt=0, description="Bytes that a user without a subscription may upload in a day."
    )
    rate_upload_bytes_paid: int = Field(
        100 * 1024 * MEBIBYTE, gt=0, description="Bytes that a user with a subscription may upload in a day."
    )
    rate_failed_jobs_unregistered: int = Field(
        20,
        gt=0,
        description=(
            "Jobs of a guest that may fail in a day because of their files; after that, processing calls are refused "
            "until the next day."
        ),
    )
    rate_failed_jobs_free: int = Field(
        50,
        gt=0,
        description=(
            "Jobs of a user without a subscription that may fail in a day because of their files; after that, "
            "processing calls are refused until the next day."
        ),
    )
    rate_failed_jobs_paid: int = Field(
        1000,
        gt=0,
        description=(
            "Jobs of a user with a subscription that may fail in a day because of their files; after that, processing"
            " calls are refused until the next day."
        ),
    )
    rate_key_checks: int = Field(60, gt=0, description="Calls of `GET /keys/{key}` from one address in a minute.")
    rate_device_code: int = Field(10, gt=0, description="Device codes that one address may request in an hour.")
    rate_token_poll: int = Field(30, gt=0, description="Polls for the token of one device code in a minute.")
    rate_polls_by_address: int = Field(
        300, gt=0, description="Polls for tokens from one address in a minute, whatever the device code."
    )
    rate_approve: int = Field(10, gt=0, description="Approvals of device codes from one address in an hour.")
