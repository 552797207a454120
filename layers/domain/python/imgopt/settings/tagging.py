"""Settings of taggers, and of C2PA signatures."""

from typing import Literal

from pydantic import BaseModel, Field

from imgopt.setting_types import LanguageTag, ServerUrl


class TaggingSettings(BaseModel):
    """The tagging model's URL, name and key, and the key for C2PA manifests."""

    c2pa_certificates: str = Field(
        "",
        description=("PEM file of the certificates that sign results whose source had Content Credentials."),
    )
    c2pa_private_key: str = Field(
        "",
        description=(
            "PEM file of the private key (P-256, P-384 or Ed25519) of the first certificate in "
            "`IMGOPT_C2PA_CERTIFICATES`."
        ),
    )
    c2pa_secret_arn: str = Field(
        "",
        description=(
            "ARN of the secret in Secrets Manager that holds certificates and key for Content Credentials; "
            'required on AWS: `{"certificates": "...", "private_key": "..."}`.'
        ),
    )

    tagger: Literal["bedrock", "openai", "offline", "none"] = Field(
        "bedrock",
        description=(
            "What tags images: `bedrock`, a model in Amazon Bedrock; `openai`, any vision model behind "
            "OpenAI's API; `offline`, small networks on the machine itself, the default of `make up`, which "
            "are too large for a Lambda layer; or `none`, with which requests for tags get 501."
        ),
    )
    tagging_model_id: str = Field(
        "",
        description=(
            "Model or inference profile in Bedrock that tags images, or its ARN; it must accept images and "
            "tools. Empty selects Nova Lite, by its name in the region."
        ),
    )
    tagging_region: str = Field("", description="Region of the Bedrock model, if it is not that of the service.")
    tagging_language: LanguageTag = Field(
        "en",
        description=(
            "Language of alt texts and keywords, by BCP 47, such as `de` or `pt-BR`, if a request names none."
            " File names always use Latin letters."
        ),
    )
    tagging_prompt: str = Field(
        "", description="Instructions to the tagging model, in place of those in `imgopt/tagging/prompt.py`."
    )
    tagging_max_tokens: int = Field(
        500,
        ge=100,
        description="Maximum number of tokens of a tagging model's answer; reasoning models need more.",
    )
    openai_base_url: ServerUrl = Field(
        "",
        description=(
            "Base URL of the server behind `IMGOPT_TAGGER=openai`, up to its `/v1`, such as "
            "`http://127.0.0.1:11434/v1` ([tagging](../tagging.md))."
        ),
    )
    openai_model: str = Field("", description="Name of the model on the server in `IMGOPT_OPENAI_BASE_URL`.")
    openai_api_key: str = Field(
        "", repr=False, description="API key for the server in `IMGOPT_OPENAI_BASE_URL`, if it requires one."
    )
    openai_api_key_arn: str = Field(
        "", description="ARN of the secret in Secrets Manager to use in place of `IMGOPT_OPENAI_API_KEY`."
    )
    openai_seconds: float = Field(
        60,
        gt=0,
        le=80,
        description=(
            "Seconds that the model on the server in `IMGOPT_OPENAI_BASE_URL` may take for an image, for all "
            "attempts together."
        ),
    )
