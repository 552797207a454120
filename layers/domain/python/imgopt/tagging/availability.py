"""The tagger's model: the configured one, by default Nova Lite in Bedrock, by its name in the region."""

from imgopt.errors import NotConfigured
from imgopt.settings import settings
from imgopt.tagging.model import OFFLINE_LANGUAGE

NOVA_LITE = "amazon.nova-lite-v1:0"
# Regions by the prefix of the inference profile that they call. The regions are those of the model, by
# https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-supported.html.
CALLED_FROM = {
    "us.": ("us-east-1", "us-east-2", "us-west-2"),
    "eu.": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "apac.": ("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    "": ("us-gov-west-1",),
}
PREFIXES = {region: prefix for prefix, regions in CALLED_FROM.items() for region in regions}


def model_in(region: str) -> str:
    """Returns the id of the model or of its inference profile; "" where the region has none."""
    return PREFIXES[region] + NOVA_LITE if region in PREFIXES else ""


def check_available() -> None:
    """Raises NotConfigured where there is no tagger."""
    if not is_available():
        raise NotConfigured("Tagging is not set up.")


def is_available() -> bool:
    config = settings()
    ready = {
        "offline": True,
        "bedrock": bool(model_id()),
        "openai": bool(config.openai_base_url and config.openai_model),
        "none": False,
    }
    return ready[config.tagger]


def languages() -> tuple[str, ...] | None:
    """Returns the languages in which tags can be made; None for all that the model knows."""
    return (OFFLINE_LANGUAGE,) if settings().tagger == "offline" else None


def default_language() -> str:
    """Returns the language of tags for which a request names none."""
    config = settings()
    return OFFLINE_LANGUAGE if config.tagger == "offline" else config.tagging_language


def model_id() -> str:
    """Returns the configured or default model in Bedrock; "" where none is known for the region."""
    config = settings()
    return config.tagging_model_id or model_in(config.tagging_region)
