"""A tagger that can fail, and the words of small networks where it does."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgopt.errors import ImgoptError, NotConfigured, Unavailable
from imgopt.tagging.model import Briefing, ImageTags, Tagger, TaggingFailed
from imgopt.tagging.offline import OfflineTagger
from imgopt.telemetry import logger

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class OfflineInstead:
    """`first` is asked, and only where it gives no tags are there offline ones, with a warning that says why."""

    first: Tagger

    def tag(self, image: "Image", briefing: Briefing) -> ImageTags:
        """As a Tagger does. Raises what the first one did where the networks are not installed."""
        try:
            return self.first.tag(image, briefing)
        except (TaggingFailed, Unavailable, NotConfigured) as error:
            logger.warning("tags are made offline instead", extra={"reason": type(error).__name__})
            return _tag_offline(image, briefing, error)


def _tag_offline(image: "Image", briefing: Briefing, failed: TaggingFailed | ImgoptError) -> ImageTags:
    usage = failed.usage if isinstance(failed, TaggingFailed) else None
    try:
        tags = OfflineTagger().tag(image, briefing)
    except NotConfigured:
        raise failed from None
    except TaggingFailed as nothing:
        raise TaggingFailed(f"{failed} Nor are there any offline: {nothing}", usage) from None
    warnings = (f"Tags were made offline: {failed}", tags.warning)
    return replace(tags, usage=usage, warning=" ".join(filter(None, warnings)))
