"""Returns the tagger that the settings choose."""

from contextlib import suppress

from imgopt.errors import NotConfigured
from imgopt.settings import settings
from imgopt.tagging import bedrock_tagger, offline, openai_tagger
from imgopt.tagging.availability import check_available
from imgopt.tagging.model import Tagger
from imgopt.tagging.offline import OfflineTagger
from imgopt.tagging.offline_fallback import OfflineFallback


def open_networks() -> None:
    """Opens the networks in advance, where this machine tags. Missing ones are reported with the first image."""
    if settings().tagger == "offline":
        with suppress(NotConfigured):
            offline.open_all()


def tagger() -> Tagger:
    """Returns the configured tagger. Raises NotConfigured without one."""
    check_available()
    named = settings().tagger
    if named == "openai":
        return OfflineFallback(openai_tagger.configured_tagger())
    return OfflineTagger() if named == "offline" else bedrock_tagger.from_settings()
