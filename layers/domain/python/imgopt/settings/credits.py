"""What users and guests have, and how often they may ask."""

from pydantic import BaseModel, Field

from imgopt.units import HOUR, MEBIBYTE


class CreditSettings(BaseModel):
    """Credits, what steps cost, how long results are kept, and rates."""

    credits_unregistered: int = Field(20, ge=0, description="Credits of a guest, a day.")
    credits_free: int = Field(50, ge=0, description="Credits of a user without a subscription, a day.")
    credits_starter: int = Field(1_000, ge=0, description="Credits of the tier starter, a month.")
    credits_pro: int = Field(3_000, ge=0, description="Credits of the tier pro, a month.")
    credits_max: int = Field(10_000, ge=0, description="Credits of the tier max, a month.")
    credits_enterprise: int = Field(100_000, ge=0, description="Credits of the tier enterprise, a month.")

    cost_compress: int = Field(3, ge=0, description="Credits of an image, or of a frame that stays one of several.")
    cost_resize: int = Field(1, ge=0, description="Credits of resizing it, on top.")
    cost_upscale: int = Field(2, ge=0, description="Credits of upscaling it, on top.")
    cost_tag: int = Field(1, ge=0, description="Credits of the tags of an image, however many frames it has.")

    retention_unregistered: int = Field(24 * HOUR, gt=0, description="How long jobs of guests and results are kept.")
    retention_free: int = Field(24 * HOUR, gt=0, description="The same for users without a subscription.")
    retention_paid: int = Field(7 * 24 * HOUR, gt=0, description="The same for all others.")

    rate_uploads_unregistered: int = Field(60, gt=0, description="Uploads of a guest or an address, a minute.")
    rate_uploads_free: int = Field(300, gt=0, description="Uploads of a user without a subscription, a minute.")
    rate_uploads_paid: int = Field(600, gt=0, description="Uploads of any other user, a minute.")
    rate_processing_unregistered: int = Field(60, gt=0, description="Processing calls of a guest, a minute.")
    rate_processing_free: int = Field(300, gt=0, description="The same of a user without a subscription.")
    rate_processing_paid: int = Field(600, gt=0, description="The same of any other user.")
    rate_new_guests: int = Field(
        50, gt=0, description="Uploads without a credential from one address, a day: each makes a new guest."
    )
    guests_per_address: int = Field(
        5, gt=0, description="How many guests' credits all guests at one address have, a day."
    )
    guests_per_site: int = Field(
        20, gt=0, description="The same at all addresses of one site, the /48 of an IPv6 address."
    )
    guests_in_all: int = Field(5000, gt=0, description="The same of all guests.")
    rate_upload_bytes_unregistered: int = Field(
        1024 * MEBIBYTE, gt=0, description="Bytes of all uploads of guests at one address, a day."
    )
    rate_upload_bytes_free: int = Field(
        5 * 1024 * MEBIBYTE, gt=0, description="The same of a user without a subscription."
    )
    rate_upload_bytes_paid: int = Field(100 * 1024 * MEBIBYTE, gt=0, description="The same of any other user.")
    rate_failed_jobs_unregistered: int = Field(
        20, gt=0, description="Jobs of a guest, a day, that may fail for what the file is."
    )
    rate_failed_jobs_free: int = Field(50, gt=0, description="The same of a user without a subscription.")
    rate_failed_jobs_paid: int = Field(1000, gt=0, description="The same of any other user.")
    rate_key_checks: int = Field(60, gt=0, description="Calls of GET /keys/<key> from one address, a minute.")
    rate_device_code: int = Field(10, gt=0, description="Device codes for one address, an hour.")
    rate_token_poll: int = Field(30, gt=0, description="Polls for the token of one device code, a minute.")
    rate_polls_by_address: int = Field(300, gt=0, description="The same from one address, whatever the code, a minute.")
    rate_approve: int = Field(10, gt=0, description="Approvals of device codes from one address, an hour.")
