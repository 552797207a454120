"""Every setting of the service, read once from `IMGOPT_*` environment variables."""

from functools import cache
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from imgopt.setting_types import (
    LanguageTag,
    Networks,
    Origins,
    Ports,
    Prices,
    PublicUrl,
    ServerUrl,
    SharedSecret,
    Strings,
)

MEBIBYTE = 1024 * 1024
HOUR = 3600


class Settings(BaseSettings):
    """Names, limits and lifetimes. Sizes are in bytes, times in seconds unless the name says otherwise."""

    model_config = SettingsConfigDict(env_prefix="IMGOPT_", frozen=True)

    table_name: str = ""
    uploads_bucket: str = ""
    results_bucket: str = ""
    state_machine_arn: str = ""

    callbacks_queue_url: str = ""
    upscales_queue_url: str = ""
    signing_secret_arn: str = ""
    signing_secret: str = Field("", repr=False, description="Signs callbacks, in place of the one in Secrets Manager.")

    max_upload_bytes: int = Field(50 * MEBIBYTE, gt=0, description="Largest file taken by an upload.")
    max_multipart_bytes: int = Field(
        50 * MEBIBYTE,
        gt=0,
        description="Largest file taken by POST /upload; larger ones go to S3. Lambda can't take more than 4.4 MB.",
    )
    max_json_bytes: int = Field(MEBIBYTE // 4, gt=0, description="Largest body of any other request.")
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
    max_batch_files: int = Field(
        20, gt=0, le=45, description="Most files of one processing call: a transaction takes them and what they cost."
    )
    parallel_uploads: int = Field(64, gt=0, description="How many uploads are taken at a time, in one process.")
    parallel_fetches: int = Field(16, gt=0, description="How many files are fetched by URL at a time.")
    parallel_inspections: int = Field(2, gt=0, description="How many uploads are read at a time to see what they are.")
    client_share: float = Field(
        0.25, gt=0, le=1, description="How much of parallel uploads and fetches one user or address may hold."
    )
    max_streams_per_client: int = Field(250, gt=0, description="Most status streams of one address at a time.")
    max_downloads_per_client: int = Field(
        120, gt=0, description="Most downloads of one address at a time, of those of a megabyte and more."
    )
    max_connections: int = Field(800, gt=0, description="Most connections of one process at a time.")
    max_connections_per_client: int = Field(400, gt=0, description="The same of one address.")
    head_seconds: float = Field(10, gt=0, description="How long a client may take to say what it wants.")
    stall_seconds: float = Field(
        20, gt=0, description="How long a client may send nothing of its body, or take nothing of an answer."
    )
    slowest_rate: float = Field(
        1024, ge=0, description="Bytes a second that a client must send or take on average, after that time."
    )
    stream_seconds: float = Field(300, gt=0, description="How long a status stream lasts at most.")
    private_jobs: bool = Field(
        False, description="Whether all jobs are private: seen by their owner alone, not by whoever knows their id."
    )
    jobs_per_owner: int = Field(4, gt=0, description="Most jobs of an owner that are worked on at a time; others wait.")
    parallel_jobs: int = Field(10, gt=0, description="How many jobs are processed at a time, to estimate waits.")
    inline_download_bytes: int = Field(
        50 * MEBIBYTE,
        ge=0,
        description="Results larger than this are answered by a redirect to S3; Lambda can't return more than 6 MB.",
    )

    upload_lifetime: int = Field(24 * HOUR, gt=0, description="How long an upload can be processed.")
    guest_lifetime: int = Field(30 * 24 * HOUR, gt=0, description="How long a guest's session token is valid.")
    processing_deadline: int = Field(
        41 * 60, gt=0, description="An execution that takes longer is stopped, and its job fails."
    )
    stage_seconds: int = Field(220, gt=0, description="Longest time on the clock for the pixels of one image.")
    aws_read_seconds: float = Field(
        30, gt=0, description="How long AWS may be silent; a fifth of a function's time at most, where there is one."
    )

    cpu_seconds_per_credit: float = Field(15, gt=0, description="Most CPU seconds of a step for each credit it costs.")
    stage_cpu_seconds: float = Field(180, gt=0, description="Most CPU seconds of resizing and compressing one image.")
    stage_memory_bytes: int = Field(
        2000 * MEBIBYTE, gt=0, description="Most memory of resizing and compressing one image."
    )

    least_saving: float = Field(
        0.02,
        ge=0,
        lt=1,
        description="An original is returned where compressing it saves a smaller part of its bytes.",
    )

    cors_origins: Strings = Field(
        "*", validate_default=True, description="Websites whose scripts may call the API; * for all of them."
    )
    docs: bool = Field(True, description="Whether /docs and /openapi.json describe the API to everybody.")
    allowed_hosts: Strings = Field(
        "", validate_default=True, description="Hosts, without ports, that requests may name; empty for all of them."
    )
    fetch_seconds: float = Field(20, gt=0, description="Longest time for fetching a URL, redirects and all.")
    fetch_ports: Ports = Field("80,443", validate_default=True, description="Ports that URLs are fetched from.")
    fetch_trusted_hosts: Strings = Field(
        "", validate_default=True, description="Each host:port that may be fetched from though it is not public."
    )

    upscale_seconds: float = Field(
        240, gt=0, description="About how long one image may take: slower networks are passed over."
    )
    upscale_threads: int = Field(1, gt=0, description="Threads of one network on a CPU.")

    c2pa_certificates: str = Field(
        "", description="File of certificates, as PEM, by whose key results are signed whose source had a manifest."
    )
    c2pa_private_key: str = Field("", description="File of that key, as PEM; the first certificate is its own.")
    c2pa_secret_arn: str = Field(
        "", description='Both in Secrets Manager instead: {"certificates": "...", "private_key": "..."}.'
    )

    tagger: Literal["bedrock", "openai", "offline", "none"] = Field(
        "bedrock",
        description="Who tags images: a model in Bedrock, one behind OpenAI's API, small networks here, or nobody.",
    )
    tagging_model_id: str = Field(
        "", description="Model or inference profile in Bedrock, or its ARN; empty for Nova Lite, as the region has it."
    )
    tagging_region: str = Field("", description="Region whose Bedrock is asked; on AWS, that of the service.")
    tagging_language: LanguageTag = Field("en", description="Of alt texts and keywords, by BCP 47.")
    tagging_prompt: str = Field("", description="Instructions to the model, in place of those in tagging/prompt.py.")
    tagging_max_tokens: int = Field(500, ge=100, description="Most tokens of a model's answer.")
    openai_base_url: ServerUrl = Field("", description="Where a model is asked by OpenAI's API, up to its /v1.")
    openai_model: str = Field("", description="The model's name there.")
    openai_api_key: str = Field("", repr=False, description="What it wants as a key, if it wants one.")
    openai_api_key_arn: str = Field("", description="Where it is in Secrets Manager, in place of the above.")
    openai_seconds: float = Field(
        60, gt=0, le=80, description="How long that model may take for an image, all attempts together."
    )

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
    rate_device_code: int = Field(10, gt=0, description="Device codes for one address, an hour.")
    rate_token_poll: int = Field(30, gt=0, description="Polls for the token of one device code, a minute.")
    rate_polls_by_address: int = Field(300, gt=0, description="The same from one address, whatever the code, a minute.")
    rate_approve: int = Field(10, gt=0, description="Approvals of device codes from one address, an hour.")
    trusted_proxies: Networks = Field(
        "",
        validate_default=True,
        description="Networks of proxies whose X-Forwarded-For tells the client's address, as 10.0.0.0/8.",
    )

    origin_secret: SharedSecret = Field(
        "",
        repr=False,
        description="A proxy sends it as Imgopt-Origin-Secret; requests without it are refused. Several as below.",
    )
    origin_secret_arn: str = Field("", description="Where it is in Secrets Manager, in place of the above.")

    scheduler_secret: SharedSecret = Field(
        "",
        repr=False,
        description="Lets whoever sends it call /internal/*; several by commas while one is replaced by another.",
    )
    scheduler_secret_arn: str = Field("", description="Where it is in Secrets Manager, in place of the above.")
    process_issuer: str = Field("", description="OIDC issuer of the tokens that POST /process takes.")
    process_audience: str = Field("", description="Their audience.")
    process_subject: str = Field("", description="The service account: their subject or e-mail address.")
    process_seconds: float = Field(25, gt=0, le=25, description="How long POST /process waits for a job's end.")

    oidc_issuer: str = Field(
        "", description="Who signs users in, as https://issuer.example; without one there are no users."
    )
    oidc_audience: str = Field(
        "",
        description="For whom its tokens are: this service's client id, as a rule; several with commas between them.",
    )
    oidc_scope: str = Field("", description="One that its tokens must have; empty for none in particular.")
    oidc_client_id: str = Field("", description="By which the sign-in page asks, where that is not the audience.")
    oidc_client_secret: str = Field("", repr=False, description="The client's secret, if it has one.")
    oidc_client_secret_arn: str = Field("", description="Where it is in Secrets Manager, in place of the above.")
    oidc_discovery_url: str = Field("", description="The issuer's configuration, where it is not below the issuer.")
    public_url: PublicUrl = Field(
        "", description="Where browsers find the service, where it can't tell by their requests."
    )
    api_keys_per_user: int = Field(20, gt=0, description="Most API keys of a user.")
    device_token_lifetime: int = Field(
        365 * 24 * HOUR, gt=0, description="How long the token of a device is valid that was let in."
    )
    device_token_disuse: int = Field(
        90 * 24 * HOUR, gt=0, description="After how long without use it ends before that."
    )

    stripe_secret_arn: str = Field(
        "", description='Stripe\'s keys in Secrets Manager: {"api_key": "...", "webhook_secret": "..."}.'
    )
    stripe_api_key: str = Field("", repr=False, description="In place of the one in Secrets Manager.")
    stripe_webhook_secret: str = Field(
        "", repr=False, description="The same; several are separated by commas while one is replaced by another."
    )
    stripe_api_base: str = Field("https://api.stripe.com", description="Where Stripe is.")
    stripe_prices: Prices = Field(
        "", validate_default=True, description="The tier that each price of Stripe's buys: price_a=starter,price_b=pro."
    )
    billing_origins: Origins = Field(
        "",
        validate_default=True,
        description="Websites that Stripe may send users back to, as https://example.com. The portal takes the first.",
    )
    billing_grace_days: int = Field(
        7, ge=0, description="How long a tier is kept after a payment has failed, or without news of the next period."
    )
    webhook_tolerance: int = Field(300, gt=0, description="Seconds that a message of Stripe's may be old.")

    @property
    def signs_results(self) -> bool:
        """Whether there is a key by which C2PA manifests are signed."""
        return bool(self.c2pa_secret_arn or (self.c2pa_certificates and self.c2pa_private_key))

    def credits_of(self, tier: str) -> int:
        amount: int = getattr(self, f"credits_{tier}")
        return amount


@cache
def settings() -> Settings:
    return Settings()
