"""Who says words."""

from imgopt.settings import settings
from imgopt.tagging import bedrock
from imgopt.tagging.model import Tagger
from imgopt.tagging.offline import OfflineTagger


def tagger() -> Tagger:
    """As the settings say."""
    return OfflineTagger() if settings().tagger == "offline" else bedrock.from_settings()
