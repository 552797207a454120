"""Who tags images on this machine: small networks, unless the environment names somebody else."""

from collections.abc import Mapping

from imgopt.checked_settings import missing_settings

TAGGER, OFFLINE, BEDROCK = "IMGOPT_TAGGER", "offline", "bedrock"
PROXY = "MINISTACK_BEDROCK_PROXY_URL"
WITHOUT_IMAGE = (
    f"{PROXY} hands on a request to Bedrock without its image, so that a model would make up what it shows. Have that "
    f"model asked by {TAGGER}=openai with IMGOPT_OPENAI_BASE_URL and IMGOPT_OPENAI_MODEL."
)


def check_tagger(environment: Mapping[str, str]) -> None:
    """Raises RuntimeError with a sentence where images could not be seen."""
    if environment.get(TAGGER) == BEDROCK and environment.get(PROXY):
        raise RuntimeError(WITHOUT_IMAGE)
    if faults := list(missing_settings("")):
        raise RuntimeError(" ".join(faults))
