"""The tagger on this machine: small networks, unless the environment names another one."""

from collections.abc import Mapping

from imgopt.checked_settings import missing_settings

TAGGER, OFFLINE, BEDROCK = "IMGOPT_TAGGER", "offline", "bedrock"
PROXY = "MINISTACK_BEDROCK_PROXY_URL"
WITHOUT_IMAGE = (
    f"{PROXY} passes requests on to Bedrock without their image, so that a model would invent the tags. Use that "
    f"model with {TAGGER}=openai, IMGOPT_OPENAI_BASE_URL and IMGOPT_OPENAI_MODEL."
)


def check_tagger(environment: Mapping[str, str]) -> None:
    """Raises RuntimeError with a message if the tagger would not get the images."""
    if environment.get(TAGGER) == BEDROCK and environment.get(PROXY):
        raise RuntimeError(WITHOUT_IMAGE)
    if faults := list(missing_settings("")):
        raise RuntimeError(" ".join(faults))
