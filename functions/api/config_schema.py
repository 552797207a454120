"""Models of the answer of `GET /config`. Only the served document uses them: the route builds a plain dictionary."""

from typing import Any

from pydantic import BaseModel, Field

from imgopt.accounts.plans import Cycle, Tier
from imgopt.quotas.rules import Counted


class RateLimitConfig(BaseModel):
    """A limit on requests in a window of time."""

    requests: int = Field(description="The largest number of requests in a window.")
    seconds: int = Field(description="The length of the window in seconds.")


class SharedRateLimitConfig(RateLimitConfig):
    """A limit on requests that is the same for all tiers."""

    by: Counted = Field(description="Whose requests are counted together, such as those of an address.")


class TierConfig(BaseModel):
    """Credits, retention and rate limits of a tier."""

    credits: int = Field(description="The number of credits in each period.")
    cycle: Cycle = Field(description="The length of a period: `day` or `month`.")
    retention_seconds: int = Field(description="The number of seconds for which jobs and their results are kept.")
    rate_limits: dict[str, RateLimitConfig] = Field(description="Limits on requests, by the name of the rule.")


class LimitsConfig(BaseModel):
    """Limits on uploads and jobs."""

    upload_bytes: int = Field(description="The largest size of an upload in bytes.")
    multipart_bytes: int = Field(description="The largest size of a file in `POST /upload`, in bytes.")
    pixels: int = Field(description="The largest number of pixels of an image: width times height.")
    frames: int = Field(description="The largest number of frames of an animation.")
    animation_pixels: int = Field(description="The largest number of pixels of all frames of an animation together.")
    batch_files: int = Field(description="The largest number of uploads in one request for work.")
    outputs: int = Field(description="The largest number of results of one upload.")
    upload_seconds: int = Field(description="The number of seconds for which an upload is kept.")


class InputFormatConfig(BaseModel):
    """A format of uploads."""

    name: str = Field(description="The name of the format, as in `original_format`.")
    mime_type: str = Field(description="The media type of the format.")


class FormatsConfig(BaseModel):
    """Formats of uploads and of results."""

    input: list[InputFormatConfig] = Field(description="The formats that the service reads.")
    output: list[str] = Field(description="The formats that `output_format` accepts, besides `original` and `auto`.")


class FeaturesConfig(BaseModel):
    """Features that the operator has configured."""

    upscale: bool = Field(description="Whether images can be enlarged by a neural network.")
    tag: bool = Field(description="Whether alt text and keywords can be generated.")
    sign: bool = Field(description="Whether results are signed with C2PA manifests.")
    billing: bool = Field(description="Whether subscription plans can be bought.")


class TaggingConfig(BaseModel):
    """The tagger, which generates alt text and keywords."""

    tagger: str = Field(description="The kind of tagger, as in the setting `IMGOPT_TAGGER`.")
    languages: list[str] | None = Field(description="The languages it supports. Null: all that its model knows.")
    default_language: str = Field(description="The language of tags if a request does not set one.")


class SignInConfig(BaseModel):
    """What a website needs to sign users in with OIDC."""

    issuer: str = Field(description="The URL of the OIDC issuer.")
    client_id: str = Field(description="The client id at the issuer.")


class PlanConfig(BaseModel):
    """A subscription plan that is for sale."""

    tier: Tier = Field(description="The tier of the plan.")
    price_id: str = Field(description="The id of the plan's price in Stripe, for `POST /billing/checkout`.")


class PresetConfig(BaseModel):
    """A preset: options with a name."""

    name: str = Field(description="The name of the preset, for image URLs and the setting `preset`.")
    options: str = Field(description="The options of the preset as text, as in image URLs.")
    settings: dict[str, Any] | None = Field(
        description="The options of the preset as settings of a job. Null if jobs can't do what they ask for."
    )


class PaymentsConfig(BaseModel):
    """How clients can pay by x402 for requests that their credits do not cover."""

    protocol: str = Field(description="The payment protocol: always `x402`.")
    version: int = Field(description="The version of the protocol.")
    scheme: str = Field(description="The payment scheme of x402, such as `exact`.")
    network: str = Field(description="The blockchain, as a CAIP-2 id such as `eip155:8453`.")
    asset: str = Field(description="The address of the token's contract.")
    pay_to: str = Field(description="The address that receives payments.")
    price_per_credit: str = Field(description="The price of one credit in the token, as a decimal number.")


class ConfigResponse(BaseModel):
    """The public configuration of the service."""

    version: str = Field(description="The version of the API.")
    tiers: dict[Tier, TierConfig] = Field(description="Credits, retention and rate limits, by tier.")
    costs: dict[str, int] = Field(description="The number of credits that each step costs, by step.")
    limits: LimitsConfig = Field(description="The limits on uploads and jobs.")
    rate_limits: dict[str, SharedRateLimitConfig] = Field(
        description="Limits on requests that are the same for all tiers, by the name of the rule."
    )
    formats: FormatsConfig = Field(description="The formats of uploads and of results.")
    features: FeaturesConfig = Field(description="The features that the operator has configured.")
    tagging: TaggingConfig | None = Field(description="The tagger. Null if none is configured.")
    sign_in: SignInConfig | None = Field(description="How users sign in. Null if no OIDC issuer is configured.")
    plans: list[PlanConfig] | None = Field(description="The plans for sale. Null if billing is not configured.")
    presets: list[PresetConfig] = Field(description="The presets that the operator has defined.")
    payments: PaymentsConfig | None = Field(description="How to pay by x402. Null if payments are not configured.")
