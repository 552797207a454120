"""Tags of images: what taggers say, and what it took."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image


# Small networks on this machine know no other one.
OFFLINE_LANGUAGE = "en"


@dataclass(frozen=True)
class Usage:
    """Tokens read and written, and about what they cost in US dollars, None where prices are not known."""

    input_tokens: int
    output_tokens: int
    dollars: float | None = None


@dataclass(frozen=True)
class Briefing:
    """What a tagger is told beside the image: a BCP 47 tag, and what a client says of the page that it is for."""

    language: str = "en"
    context: str = ""


@dataclass(frozen=True)
class ImageTags:
    """What a tagger says of an image.

    `source` tells who said it, such as "bedrock:us.amazon.nova-lite-v1:0"; `language` is a BCP 47 tag, which the
    slug is not in; `usage` is None where nothing is paid by the token; `warning` tells what they are not.
    """

    alt_text: str
    keywords: tuple[str, ...]
    slug: str
    source: str
    language: str = "en"
    usage: Usage | None = None
    warning: str | None = None


class TaggingFailed(Exception):
    """An image that gets no tags, and asking again would not help; `usage` is what it cost to find out."""

    def __init__(self, message: str, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage


class MalformedOutput(TaggingFailed):
    """What was said can't be made right. Asked again, the same tagger may do better."""


class Tagger(Protocol):
    def tag(self, image: "Image", briefing: Briefing) -> ImageTags:
        """Tags that keep the rules, for an upright image in sRGB: mode L, LA, RGB or RGBA.

        Raises TaggingFailed where there are none, and Unavailable where it is worth trying later.
        """
        ...
