"""What `GET /config` answers, for the served document alone: the route builds the answer of settings."""

from typing import Any

from pydantic import BaseModel, Field

from imgopt.accounts.plans import Cycle, Tier
from imgopt.quotas.rules import Counted


class RateLimitConfig(BaseModel):
    """So many requests in so many seconds."""

    requests: int = Field(description="Most requests.")
    seconds: int = Field(description="In how many seconds.")


class SharedRateLimitConfig(RateLimitConfig):
    """A limit that is the same in all tiers."""

    by: Counted = Field(description="What is counted together.")


class TierConfig(BaseModel):
    """What a tier gets."""

    credits: int = Field(description="Credits of a day or a month.")
    cycle: Cycle = Field(description="When credits are full again.")
    retention_seconds: int = Field(description="How long jobs and their results are kept.")
    rate_limits: dict[str, RateLimitConfig] = Field(description="Limits on requests, by what is counted.")


class LimitsConfig(BaseModel):
    """How large uploads and work may be."""

    upload_bytes: int = Field(description="Most bytes of an upload.")
    multipart_bytes: int = Field(description="Most bytes of a file in `POST /upload`.")
    pixels: int = Field(description="Most pixels of an image.")
    frames: int = Field(description="Most frames of an animation.")
    animation_pixels: int = Field(description="Most pixels of all frames of an animation together.")
    batch_files: int = Field(description="Most uploads in a call.")
    outputs: int = Field(description="Most results of an upload.")
    upload_seconds: int = Field(description="How long an upload is kept.")


class InputFormatConfig(BaseModel):
    """A format that is read."""

    name: str = Field(description="As `original_format` says it.")
    mime_type: str = Field(description="The media type.")


class FormatsConfig(BaseModel):
    """Formats, by their names."""

    input: list[InputFormatConfig] = Field(description="What is read.")
    output: list[str] = Field(description="What `output_format` takes beside `original` and `auto`.")


class FeaturesConfig(BaseModel):
    """What can be asked for."""

    upscale: bool = Field(description="Whether images can be made larger by a network.")
    tag: bool = Field(description="Whether alt text and keywords can be written.")
    sign: bool = Field(description="Whether results are signed (C2PA).")
    billing: bool = Field(description="Whether plans can be bought.")


class TaggingConfig(BaseModel):
    """Who writes alt text and keywords."""

    tagger: str = Field(description="Who.")
    languages: list[str] | None = Field(description="In which languages; null for any that a model knows.")
    default_language: str = Field(description="In which one where nobody asks for another.")


class SignInConfig(BaseModel):
    """What a website needs to sign users in itself."""

    issuer: str = Field(description="The OIDC issuer.")
    client_id: str = Field(description="The client's id.")


class PlanConfig(BaseModel):
    """What can be bought."""

    tier: Tier = Field(description="The plan.")
    price_id: str = Field(description="For `POST /billing/checkout`.")


class PresetConfig(BaseModel):
    """Options by a name."""

    name: str = Field(description="By which image URLs and `preset` ask for it.")
    options: str = Field(description="As image URLs have them.")
    settings: dict[str, Any] | None = Field(description="As settings of a job; null where jobs can't do that.")


class PaymentsConfig(BaseModel):
    """How calls are paid for beyond one's credits."""

    protocol: str = Field(description="`x402`.")
    version: int = Field(description="The protocol's version.")
    scheme: str = Field(description="How an amount is authorized.")
    network: str = Field(description="The chain, by CAIP-2.")
    asset: str = Field(description="The token's contract.")
    pay_to: str = Field(description="Who is paid.")
    price_per_credit: str = Field(description="Of one credit, in the token.")


class ConfigResponse(BaseModel):
    """What clients may know of how the service is set up."""

    version: str = Field(description="The version of the API.")
    tiers: dict[Tier, TierConfig] = Field(description="What each tier gets.")
    costs: dict[str, int] = Field(description="Credits of each step.")
    limits: LimitsConfig = Field(description="Limits on uploads and work.")
    rate_limits: dict[str, SharedRateLimitConfig] = Field(description="Limits on requests, by what is counted.")
    formats: FormatsConfig = Field(description="Formats that are read and written.")
    features: FeaturesConfig = Field(description="What is set up.")
    tagging: TaggingConfig | None = Field(description="Who writes alt text and keywords; null where nobody does.")
    sign_in: SignInConfig | None = Field(description="How users sign in; null where there are none.")
    plans: list[PlanConfig] | None = Field(description="What can be bought; null where nothing is.")
    presets: list[PresetConfig] = Field(description="Options by a name.")
    payments: PaymentsConfig | None = Field(description="How calls are paid for by x402; null where they are not.")
