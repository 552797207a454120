"""Which model describes images: the one that is named, else in Bedrock Nova Lite by where it is asked."""

from imgopt.errors import NotConfigured
from imgopt.settings import settings
from imgopt.tagging.model import OFFLINE_LANGUAGE

NOVA_LITE = "amazon.nova-lite-v1:0"
# By the first part of the id of the inference profile that is called from there. The regions are those that have the
# model, by https://docs.aws.amazon.com/bedrock/latest/userguide/batch-inference-supported.html.
CALLED_FROM = {
    "us.": ("us-east-1", "us-east-2", "us-west-2"),
    "eu.": ("eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"),
    "apac.": ("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2"),
    "": ("us-gov-west-1",),
}
PREFIXES = {region: prefix for prefix, regions in CALLED_FROM.items() for region in regions}


def model_in(region: str) -> str:
    """The id of the model, or of its inference profile; "" where there is none."""
    return PREFIXES[region] + NOVA_LITE if region in PREFIXES else ""


def check_available() -> None:
    """Raises NotConfigured where there is no tagger."""
    if not is_available():
        raise NotConfigured("Tagging is not set up.")


def is_available() -> bool:
    known = settings()
    ready = {
        "offline": True,
        "bedrock": bool(model_id()),
        "openai": bool(known.openai_base_url and known.openai_model),
        "none": False,
    }
    return ready[known.tagger]


def languages() -> tuple[str, ...] | None:
    """Those that tags can be in; None for any that a model knows."""
    return (OFFLINE_LANGUAGE,) if settings().tagger == "offline" else None


def default_language() -> str:
    """Of tags for which nobody asks for another one."""
    known = settings()
    return OFFLINE_LANGUAGE if known.tagger == "offline" else known.tagging_language


def model_id() -> str:
    """In Bedrock, as the settings say; "" where they name none, and none is known of the region."""
    known = settings()
    return known.tagging_model_id or model_in(known.tagging_region)
