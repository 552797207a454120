"""The last step on pixels: the smallest file of the wanted format at the wanted quality."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from imgopt.codecs import gif, jpeg, png, webp
from imgopt.pipeline.options import ProcessingSettings
from imgopt.pipeline.plan import target_format
from imgopt.pipeline.steps.decode import decode

if TYPE_CHECKING:
    from PIL.Image import Image

CODECS: dict[str, "Codec"] = {"jpg": jpeg, "png": png, "webp": webp, "gif": gif}


class Codec(Protocol):
    """What each module of `imgopt.codecs` that writes a format offers."""

    ENCODER: str
    LOSSLESS: bool

    def encode(self, image: "Image", quality: int) -> bytes: ...


@dataclass(frozen=True)
class Encoded:
    """A finished file. `quality` is None where the encoder lost nothing."""

    data: bytes
    format: str
    width: int
    height: int
    encoder: str
    quality: int | None
    original_returned: bool = False


def compress(data: bytes, source_format: str, options: ProcessingSettings) -> Encoded:
    """Encodes an image anew; where that makes the same format larger, the original bytes are the result."""
    target = target_format(source_format, options)
    if source_format == target == "gif":
        encoded = _optimize_gif(data, options.output_quality)
    else:
        encoded = _encode(data, source_format, target, options.output_quality)
    if target == source_format and len(encoded.data) >= len(data):
        return Encoded(data, target, encoded.width, encoded.height, "none", None, original_returned=True)
    return encoded


def _encode(data: bytes, source_format: str, target: str, quality: int) -> Encoded:
    image, codec = decode(data, source_format), CODECS[target]
    return Encoded(
        codec.encode(image, quality), target, *image.size, codec.ENCODER, None if codec.LOSSLESS else quality
    )


def _optimize_gif(data: bytes, quality: int) -> Encoded:
    smaller = gif.optimize(data, quality)
    width, height = int.from_bytes(smaller[6:8], "little"), int.from_bytes(smaller[8:10], "little")
    return Encoded(smaller, "gif", width, height, gif.ENCODER, quality)
