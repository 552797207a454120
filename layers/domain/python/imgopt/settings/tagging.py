"""Who tags images, and what files say of themselves."""

from typing import Literal

from pydantic import BaseModel, Field

from imgopt.setting_types import LanguageTag, ServerUrl


class TaggingSettings(BaseModel):
    """A model's address, name and key, and those for C2PA manifests."""

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
