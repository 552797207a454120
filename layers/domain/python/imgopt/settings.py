"""Every setting of the service, read once from `IMGOPT_*` environment variables."""

from functools import cache
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

MEBIBYTE = 1024 * 1024
HOUR = 3600
LANGUAGE_TAG = r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$"


def split(text: object) -> object:
    """The parts of a list as it is written in an environment variable."""
    return [part.strip().lower() for part in text.split(",") if part.strip()] if isinstance(text, str) else text


COMMA_SEPARATED = (NoDecode, BeforeValidator(split))


class Settings(BaseSettings):
    """Names, limits and lifetimes. Sizes are in bytes, times in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="IMGOPT_", frozen=True)

    table_name: str = ""
    uploads_bucket: str = ""
    results_bucket: str = ""
    state_machine_arn: str = ""

    callbacks_queue_url: str = ""
    small_upscales_queue_url: str = ""
    large_upscales_queue_url: str = ""
    signing_secret_arn: str = ""
    signing_secret: str = Field("", repr=False, description="Signs callbacks, in place of the one in Secrets Manager.")

    max_upload_bytes: int = Field(50 * MEBIBYTE, gt=0, description="Largest file taken by an upload.")
    max_multipart_bytes: int = Field(
        50 * MEBIBYTE,
        gt=0,
        description="Largest file taken by POST /upload; larger ones go to S3. Lambda can't take more than 4.4 MB.",
    )
    max_json_bytes: int = Field(MEBIBYTE, gt=0, description="Largest body of any other request.")
    max_pixels: int = Field(100_000_000, gt=0, description="Most pixels of an image, width x height.")
    max_frames: int = Field(1000, gt=0, description="Most frames of an animation.")
    max_animation_pixels: int = Field(
        400_000_000, gt=0, description="Most pixels of an animation, width x height x frames."
    )
    max_upscale_pixels: int = Field(
        50_000_000, gt=0, description="Most pixels that upscaling makes, width x height x frames."
    )
    small_upscale_pixels: int = Field(
        1_000_000, ge=0, description="Up to so many pixels a function upscales at once, without waiting for a GPU."
    )
    max_batch_files: int = Field(20, gt=0, le=100, description="Most files of one processing call.")
    stream_seconds: float = Field(300, gt=0, description="How long a status stream lasts at most.")
    parallel_jobs: int = Field(10, gt=0, description="How many jobs are processed at a time, to estimate waits.")
    inline_download_bytes: int = Field(
        50 * MEBIBYTE,
        ge=0,
        description="Results larger than this are answered by a redirect to S3; Lambda can't return more than 6 MB.",
    )

    upload_lifetime: int = Field(24 * HOUR, gt=0, description="How long an upload can be processed.")
    result_lifetime: int = Field(24 * HOUR, gt=0, description="How long a job and its result are kept.")
    guest_lifetime: int = Field(30 * 24 * HOUR, gt=0, description="How long a guest's session token is valid.")
    processing_deadline: int = Field(
        41 * 60,
        gt=0,
        description="A job that has not ended by then counts as failed; the state machine stops it.",
    )
    stage_seconds: int = Field(120, gt=0, description="Longest time for one external program in a stage.")

    cors_origins: Annotated[tuple[str, ...], *COMMA_SEPARATED] = Field(
        "*", validate_default=True, description="Websites whose scripts may call the API; * for all of them."
    )
    fetch_seconds: float = Field(20, gt=0, description="Longest time for fetching a URL, redirects and all.")
    fetch_ports: Annotated[tuple[int, ...], *COMMA_SEPARATED] = Field(
        "80,443", validate_default=True, description="Ports that URLs are fetched from."
    )
    fetch_trusted_hosts: Annotated[tuple[str, ...], *COMMA_SEPARATED] = Field(
        "",
        validate_default=True,
        description="Each host:port of them may be fetched from by everyone, though it is not on the public internet.",
    )

    upscale_seconds: float = Field(
        240, gt=0, description="About how long one image may take: slower networks are passed over."
    )
    upscale_threads: int = Field(1, gt=0, description="Threads of one network on a CPU.")

    tagger: Literal["bedrock", "offline"] = Field(
        "bedrock", description="Who says words: a model in Bedrock, or small networks on this machine."
    )
    tagging_model_id: str = Field("us.amazon.nova-lite-v1:0", description="Model or inference profile in Bedrock.")
    tagging_region: str = Field("", description="Region whose Bedrock is asked; empty for that of the service.")
    tagging_language: str = Field("en", pattern=LANGUAGE_TAG, description="Of alt texts and keywords, by BCP 47.")
    tagging_prompt: str = Field("", description="Instructions to the model, in place of those in tagging/prompt.py.")
    tagging_max_tokens: int = Field(500, ge=100, description="Most tokens of a model's answer.")


@cache
def settings() -> Settings:
    return Settings()
