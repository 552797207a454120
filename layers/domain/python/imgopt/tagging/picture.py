"""The picture that is sent to a model."""

from base64 import b64encode
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# Models in Bedrock scale larger images down themselves, with worse results.
LONGEST_SIDE = 1568
# Local models see this size as a few hundred tokens; twice as many pixels take twice as long.
OPENAI_LONGEST_SIDE = 768
JPEG_QUALITY = 85


def to_jpeg(image: "Image") -> bytes:
    """Returns a JPEG of at most 1568 pixels a side, on white, without metadata; from mode L, LA, RGB or RGBA."""
    return _encode(_shrink(image, LONGEST_SIDE), "JPEG")


def to_data_url(image: "Image") -> str:
    """Returns a data URL (RFC 2397) of at most 768 pixels a side: PNG for pictures with transparency, which are mostly
    drawings, JPEG for others.
    """
    kind = "PNG" if image.has_transparency_data and _shows_through(image) else "JPEG"
    data = b64encode(_encode(_shrink(image, OPENAI_LONGEST_SIDE), kind)).decode()
    return f"data:image/{kind.lower()};base64,{data}"


def _shows_through(image: "Image") -> bool:
    return image.getchannel("A").getextrema() != (255, 255)


def _shrink(image: "Image", longest: int) -> "Image":
    """Returns a smaller copy on white."""
    from PIL.Image import Resampling

    from imgopt.codecs.shared.color import flatten

    scale = min(1, longest / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = flatten(image.resize(size, Resampling.LANCZOS, reducing_gap=2.0))
    small.info.clear()
    return small


def _encode(image: "Image", kind: str) -> bytes:
    output = BytesIO()
    image.save(output, kind, quality=JPEG_QUALITY)
    return output.getvalue()
