"""Tags of images, their taggers, and their usage."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image


# The only language of offline tags.
OFFLINE_LANGUAGE = "en"


@dataclass(frozen=True)
class Usage:
    """Input and output tokens, and their approximate price in US dollars; None where prices are unknown."""

    input_tokens: int
    output_tokens: int
    dollars: float | None = None


@dataclass(frozen=True)
class Briefing:
    """What a tagger gets in addition to the image: a BCP 47 tag, and the client's context."""

    language: str = "en"
    context: str = ""


@dataclass(frozen=True)
class ImageTags:
    """The tags of an image.

    `source` names the tagger, such as "bedrock:us.amazon.nova-lite-v1:0". `language` is a BCP 47 tag; the slug is
    always in Latin letters. `usage` is None where nothing is charged by the token. `warning` says what was asked for,
    but isn't in the tags.
    """

    alt_text: str
    keywords: tuple[str, ...]
    slug: str
    source: str
    language: str = "en"
    usage: Usage | None = None
    warning: str | None = None


class TaggingFailed(Exception):
    """No tags can be made for the image, and a retry would not help. `usage` is the cost of finding out."""

    def __init__(self, message: str, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage


class MalformedOutput(TaggingFailed):
    """The answer was malformed beyond repair. The same tagger may do better when asked again."""


class Tagger(Protocol):
    def tag(self, image: "Image", briefing: Briefing) -> ImageTags:
        """Returns tags that keep the rules, for an upright image in sRGB of mode L, LA, RGB or RGBA.

        Raises TaggingFailed where there are none, Unavailable where a retry may succeed, and NotConfigured.
        """
        ...
