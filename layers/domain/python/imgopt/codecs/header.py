"""What an image's header says, read without decoding a pixel."""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs import gif_blocks, jpeg, png, webp
from imgopt.codecs.color import EXIF_ORIENTATION
from imgopt.codecs.formats import FORMATS, GIF, HEAD_BYTES, Format, sniff
from imgopt.errors import InvalidImage, TooLarge, Unsupported

if TYPE_CHECKING:
    from PIL.Image import Image

COMPLETENESS = {"jpg": jpeg.check_complete, "png": png.check_complete, "webp": webp.check_complete}
TURNED = range(5, 9)


@dataclass(frozen=True)
class Limits:
    """What is taken at most: pixels of one image, frames of an animation, pixels of all its frames."""

    pixels: int
    frames: int
    animation_pixels: int


@dataclass(frozen=True)
class ImageHeader:
    """Width and height in pixels as seen, with the EXIF orientation applied; `dpi` where the file states it.

    `frames` is 1 for a still image; `fps` is the mean over an animation, None for a still one.
    """

    format: str
    mime_type: str
    width: int
    height: int
    dpi: int | None = None
    frames: int = 1
    fps: float | None = None

    @property
    def extension(self) -> str:
        return FORMATS[self.format].extension


def read_header(file: BinaryIO, limits: Limits) -> ImageHeader:
    """Tells the format by the bytes and checks limits and completeness, in that order.

    Raises Unsupported, TooLarge or InvalidImage.
    """
    file.seek(0)
    found = sniff(file.read(HEAD_BYTES))
    if found is None:
        labels = ", ".join(each.label for each in FORMATS.values())
        raise Unsupported(f"Unsupported file type. Supported are {labels}.")
    image = _open(file, found)
    check_pixels(*image.size, limits.pixels)
    return _read_gif(file, image, limits) if found is GIF else _read_still(file, image, found)


def check_pixels(width: int, height: int, limit: int) -> None:
    if width * height > limit:
        raise TooLarge(f"Image too large: {width} x {height} pixels. At most {limit / 1e6:g} megapixels are accepted.")


def _open(file: BinaryIO, found: Format) -> "Image":
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit would come before ours and with another message
    try:
        file.seek(0)
        return Image.open(file, formats=[found.pillow_name])
    except Exception as error:
        raise InvalidImage(f"The file is not a valid {found.label} image.") from error


def _read_still(file: BinaryIO, image: "Image", found: Format) -> ImageHeader:
    if found.name != "jpg" and getattr(image, "is_animated", False):
        raise Unsupported(f"Unsupported file type: animated {found.label}.")
    COMPLETENESS[found.name](file)
    width, height = image.size
    if _orientation(image) in TURNED:
        width, height = height, width
    return ImageHeader(found.name, found.mime_type, width, height, dpi=_dpi(image))


def _read_gif(file: BinaryIO, image: "Image", limits: Limits) -> ImageHeader:
    animation = gif_blocks.scan(file, max_frames=limits.frames)
    width, height = image.size
    if width * height * animation.frames > limits.animation_pixels:
        millions = limits.animation_pixels / 1e6
        raise TooLarge(f"Animation too large. At most {millions:g} megapixels are accepted in all its frames.")
    return ImageHeader(
        GIF.name, GIF.mime_type, width, height, dpi=_dpi(image), frames=animation.frames, fps=animation.fps
    )


def _orientation(image: "Image") -> int:
    """Only what the header holds: `getexif` would decode a whole PNG to look behind its pixels."""
    from PIL.Image import Exif

    exif = Exif()
    with suppress(Exception):  # damaged EXIF doesn't make the pixels worse
        exif.load(image.info["exif"])
        return int(exif[EXIF_ORIENTATION])
    return 1


def _dpi(image: "Image") -> int | None:
    with suppress(Exception):  # absent, infinite, or anything that a file may claim
        dpi = float(image.info["dpi"][0])
        return round(dpi) if dpi >= 1 else None
    return None
