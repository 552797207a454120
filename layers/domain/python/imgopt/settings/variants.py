"""What is made for image URLs, from what, and how long it is good."""

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
        description=("Seconds for which the source of an image URL is assumed unchanged before it is checked again."),
    )
    url_fetch_seconds: float = Field(5, gt=0, description="Seconds that fetching the source of an image URL may take.")
    url_seconds: float = Field(
        20, gt=0, description="Seconds that answering an image URL may take; then the answer is an error."
    )
    url_max_source_pixels: int = Field(
        50_000_000, gt=0, description="Most pixels of the source of an image URL: width x height."
    )
    url_max_frames: int = Field(1, gt=0, description="Frames of an animation that answers to image URLs keep.")
    url_watermark: str = Field(
        "",
        description=(
            "Address of the image that the option `watermark` of image URLs draws; without it the option does nothing."
        ),
    )
    url_watermark_opacity: float = Field(
        1,
        ge=0,
        le=1,
        description="Opacity of the watermark of image URLs, multiplied by the opacity that the URL asks for.",
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
            "Seconds after `IMGOPT_URL_TTL` for which caches may still answer with an image while they fetch a new one."
        ),
    )
    url_auto_formats: UrlFormats = Field(
        "jxl,avif,webp",
        validate_default=True,
        description=(
            "Formats that are chosen by the `Accept` header if an image URL names none, separated by commas; "
            "`IMGOPT_URL_AUTO_FORMATS=` chooses none."
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
        description=(
            "Score that is searched for if an image URL asks for no quality, 30-100; with 0 quality 80 is used."
        ),
    )
    url_fallback: str = Field(
        "", description="Address of an image that is answered if the source of an image URL can't be read."
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
            "Id of the user whose credits pay for upscaling and alt texts by image URLs; without it these get 501."
        ),
    )
    url_pending: Literal["wait", "smaller"] = Field(
        "wait",
        description=(
            "Answer to an image URL while a network upscales its image: `wait` for a 202, `smaller` for the image at "
            "its own size."
        ),
    )
    url_pending_seconds: int = Field(
        10, gt=0, description="Seconds after which clients are told to ask again for an image that is being upscaled."
    )
    url_memory_bytes: int = Field(
        64 * MEBIBYTE,
        ge=0,
        description=(
            "Bytes of answers to image URLs that one process keeps in memory; it keeps half as many bytes of sources."
        ),
    )
    url_parallel: int = Field(16, gt=0, description="Image URLs that one process answers at a time.")
    url_allow_origin: str = Field(
        "",
        description=(
            "`Access-Control-Allow-Origin` of answers to image URLs, such as `https://example.com`; empty sends none."
        ),
    )
    rate_url_misses_by_key: int = Field(
        6000, gt=0, description="Images that may be made for the URLs of one key in a minute."
    )
    rate_url_misses_by_address: int = Field(
        600, gt=0, description="Images that may be made for the image URLs that one address requests in a minute."
    )
    rate_url_variants: int = Field(
        500, gt=0, description="Different images that may be made of one source by image URLs in a day."
    )

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
