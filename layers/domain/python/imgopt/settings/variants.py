"""What is made for image URLs, from what, and how long it is good."""

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from imgopt.setting_types import ClientHints, Strings, UrlFormats
from imgopt.units import DAY, MEBIBYTE


class VariantSettings(BaseModel):
    """Times are in seconds, sizes in bytes."""

    url_buckets: Strings = Field(
        "", validate_default=True, description="Buckets that s3:// addresses may name, without wildcards."
    )
    url_source_seconds: int = Field(
        3600, ge=0, description="How long a source is believed to be as it was, before it is asked again."
    )
    url_fetch_seconds: float = Field(5, gt=0, description="How long a source may take to come.")
    url_seconds: float = Field(20, gt=0, description="How long an image may take; then the answer is an error.")
    url_max_source_pixels: int = Field(50_000_000, gt=0, description="Most pixels of a source, width x height.")
    url_max_frames: int = Field(1, gt=0, description="Frames of an animation that are kept; others are left out.")
    url_watermark: str = Field("", description="The image that the option watermark draws, as an address.")
    url_watermark_opacity: float = Field(1, ge=0, le=1, description="How much of it is seen where all of it is asked.")
    url_ttl: int = Field(365 * DAY, ge=0, description="How long caches may keep an image; 0 for not at all.")
    url_stale_seconds: int = Field(
        DAY, ge=0, description="For how long after that they may answer with it while they ask for a new one."
    )
    url_auto_formats: UrlFormats = Field(
        "jxl,avif,webp", validate_default=True, description="Formats that are chosen by Accept; empty for none."
    )
    url_client_hints: ClientHints = Field(
        "", validate_default=True, description="Which of dpr, width and save-data browsers may ask by; empty for none."
    )
    url_target: float = Field(
        0, ge=0, le=100, description="A score to search for where no quality is asked; 0 for fixed qualities."
    )
    url_fallback: str = Field("", description="An image in place of a source that can't be had, as an address.")
    url_fallback_status: int = Field(200, ge=0, le=599, description="The status with it; 0 for that of the error.")
    url_fallback_seconds: int = Field(60, ge=0, description="How long caches may keep it.")
    url_account: str = Field("", description="Id of the user whose credits pay for upscaling and alt texts by URL.")
    url_pending: Literal["wait", "smaller"] = Field(
        "wait",
        description="What is answered while an image is upscaled: wait for a 202, smaller for the image as it is.",
    )
    url_pending_seconds: int = Field(10, gt=0, description="After how long it is worth asking again then.")
    url_memory_bytes: int = Field(64 * MEBIBYTE, ge=0, description="Images kept in memory, in one process.")
    url_parallel: int = Field(16, gt=0, description="How many images are looked for or made at a time, in one process.")
    url_allow_origin: str = Field("", description="Access-Control-Allow-Origin of images; empty for none.")
    rate_url_misses_by_key: int = Field(6000, gt=0, description="Images made for URLs of one key, a minute.")
    rate_url_misses_by_address: int = Field(600, gt=0, description="The same that one address asked for.")
    rate_url_variants: int = Field(500, gt=0, description="Different images made of one source, a day.")

    @model_validator(mode="after")
    def check_fallback_status(self) -> Self:
        if 0 < self.url_fallback_status < 200:
            raise ValueError("IMGOPT_URL_FALLBACK_STATUS has to be 0 or 200-599")
        return self

    @model_validator(mode="after")
    def check_target(self) -> Self:
        if 0 < self.url_target < 30:
            raise ValueError("IMGOPT_URL_TARGET has to be 0 or 30-100")
        return self
