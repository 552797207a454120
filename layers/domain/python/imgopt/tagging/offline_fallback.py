"""A tagger that falls back to offline tags."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from imgopt.errors import ImgoptError, NotConfigured, Unavailable
from imgopt.tagging.model import Briefing, ImageTags, Tagger, TaggingFailed
from imgopt.tagging.offline import OfflineTagger
from imgopt.telemetry import logger

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class OfflineFallback:
    """Asks `first`. Where it fails, makes offline tags, with a warning that says why."""

    first: Tagger

    def tag(self, image: "Image", briefing: Briefing) -> ImageTags:
        """Makes tags. Raises the error of `first` where the offline networks are not installed."""
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
        raise TaggingFailed(f"{failed} There are no offline tags either: {nothing}", usage) from None
    warnings = (f"Tags were made offline: {failed}", tags.warning)
    return replace(tags, usage=usage, warning=" ".join(filter(None, warnings)))
