"""Tags of images: what taggers say, and what it took."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PIL.Image import Image


@dataclass(frozen=True)
class Usage:
    """Tokens read and written, and about what they cost in US dollars, None where prices are not known."""

    input_tokens: int
    output_tokens: int
    dollars: float | None = None


@dataclass(frozen=True)
class ImageTags:
    """What a tagger says of an image.

    `source` tells who said it, such as "bedrock:us.amazon.nova-lite-v1:0"; `language` is a BCP 47 tag, which the
    slug is not in; `usage` is None where nothing is paid by the token.
    """

    alt_text: str
    keywords: tuple[str, ...]
    slug: str
    source: str
    language: str = "en"
    usage: Usage | None = None


class TaggingFailed(Exception):
    """An image that gets no tags, and asking again would not help; `usage` is what it cost to find out."""

    def __init__(self, message: str, usage: Usage | None = None) -> None:
        super().__init__(message)
        self.usage = usage


class MalformedOutput(TaggingFailed):
    """What was said can't be made right. Asked again, the same tagger may do better."""


class Tagger(Protocol):
    def tag(self, image: "Image", language: str) -> ImageTags:
        """Tags that keep the rules, for an upright image in sRGB: mode L, LA, RGB or RGBA.

        Raises TaggingFailed where there are none, and Unavailable where it is worth trying later.
        """
        ...
