"""The tagger that the settings name."""

from imgopt.settings import settings
from imgopt.tagging import bedrock_tagger
from imgopt.tagging.availability import check_available
from imgopt.tagging.model import Tagger
from imgopt.tagging.offline import OfflineTagger


def tagger() -> Tagger:
    """As the settings say. Raises NotConfigured where they name nobody."""
    check_available()
    return OfflineTagger() if settings().tagger == "offline" else bedrock_tagger.from_settings()
