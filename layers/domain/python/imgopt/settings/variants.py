"""Settings of variants: the sources, limits, formats and caching of image URLs."""

from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator

from imgopt.setting_types import ClientHints, Strings, UrlFormats
from imgopt.units import DAY, MEBIBYTE


class VariantSettings(BaseModel):
    """Times are in seconds, sizes in bytes."""

    url_buckets: Strings = Field(
        "",
        validate_default=True,
        description=(
            "Buckets that `s3://` sources of image URLs may name, separated by commas; on AWS the function's role "
            "must allow them ([images by URL](../image-answers.md))."
        ),
    )
    url_source_seconds: int = Field(
        3600,
        ge=0,
        description=(
            "Seconds for which the source of an image URL is assumed to be unchanged before it is checked again."
        ),
    )
    url_fetch_seconds: float = Field(5, gt=0, description="Seconds that fetching the source of an image URL may take.")
    url_seconds: float = Field(
        20, gt=0, description="Seconds that answering an image URL may take; then the answer is an error."
    )
    url_max_source_pixels: int = Field(
        50_000_000, gt=0, description="Maximum number of pixels of the source of an image URL: width x height."
    )
    url_max_frames: int = Field(
        1, gt=0, description="Maximum number of frames in answers to image URLs; further frames are left out."
    )
    url_watermark: str = Field(
        "",
        description=(
            "URL of the image that the option `watermark` of image URLs draws; without it the option does nothing."
        ),
    )
    url_watermark_opacity: float = Field(
        1,
        ge=0,
        le=1,
        description="Opacity of the watermark of image URLs, from 0 to 1, multiplied by the opacity in the URL.",
    )
    url_ttl: int = Field(
        365 * DAY,
        ge=0,
        description=("Seconds for which caches may keep the answer to an image URL; with 0 they must ask each time."),
    )
    url_stale_seconds: int = Field(
        DAY,
        ge=0,
        description=(
            "Seconds after `IMGOPT_URL_TTL` for which caches may still answer with an old image while they "
            "fetch a new one."
        ),
    )
    url_auto_formats: UrlFormats = Field(
        "jxl,avif,webp",
        validate_default=True,
        description=(
            "Formats that are chosen by the `Accept` header if an image URL names none, separated by commas; "
            "`IMGOPT_URL_AUTO_FORMATS=` turns this off."
        ),
    )
    url_client_hints: ClientHints = Field(
        "",
        validate_default=True,
        description="Client hints that image URLs follow: some of `dpr,width,save-data`; empty for none.",
    )
    url_target: float = Field(
        0,
        ge=0,
        le=100,
        description=("Target score, 30-100, for image URLs without a quality; with 0 quality 80 is used."),
    )
    url_fallback: str = Field(
        "", description="URL of an image that is the answer if the source of an image URL can't be read."
    )
    url_fallback_status: int = Field(
        200,
        ge=0,
        le=599,
        description="HTTP status of the answer with the fallback image, 200-599; with 0 that of the error.",
    )
    url_fallback_seconds: int = Field(60, ge=0, description="Seconds for which caches may keep the fallback image.")
    url_account: str = Field(
        "",
        description=(
            "Id of the user whose credits pay for upscaling and alt texts of image URLs; without it these get 501."
        ),
    )
    url_pending: Literal["wait", "smaller"] = Field(
        "wait",
        description=(
            "Answer to an image URL while a network upscales its image: `wait` for a 202, `smaller` for the "
            "image at its original size."
        ),
    )
    url_pending_seconds: int = Field(
        10, gt=0, description="Seconds in `Retry-After` for an image that is being upscaled."
    )
    url_memory_bytes: int = Field(
        64 * MEBIBYTE,
        ge=0,
        description=(
            "Bytes of answers to image URLs that one process caches in memory; it also caches half as many "
            "bytes of sources."
        ),
    )
    url_parallel: int = Field(16, gt=0, description="Image URLs that one process answers at the same time.")
    url_allow_origin: str = Field(
        "",
        description=(
            "`Access-Control-Allow-Origin` of answers to image URLs, such as `https://example.com`; empty sends none."
        ),
    )
    rate_url_misses_by_key: int = Field(
        6000, gt=0, description="Variants per minute that may be made for the image URLs of one key."
    )
    rate_url_misses_by_address: int = Field(
        600, gt=0, description="Variants per minute that may be made for the image URLs that one IP address requests."
    )
    rate_url_variants: int = Field(500, gt=0, description="Different variants of one source that may be made per day.")

    @model_validator(mode="after")
    def check_fallback_status(self) -> Self:
        if 0 < self.url_fallback_status < 200:
            raise ValueError("IMGOPT_URL_FALLBACK_STATUS must be 0 or 200-599")
        return self

    @model_validator(mode="after")
    def check_target(self) -> Self:
        if 0 < self.url_target < 30:
            raise ValueError("IMGOPT_URL_TARGET must be 0 or 30-100")
        return self
