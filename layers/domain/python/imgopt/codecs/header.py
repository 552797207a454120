"""What an image's header says, read without decoding a pixel."""

import sys
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs import svg
from imgopt.codecs.avif import animation as avif_animation
from imgopt.codecs.formats import FORMATS, Format, sniff
from imgopt.codecs.gif import blocks as gif_blocks
from imgopt.codecs.ico import codec as ico
from imgopt.codecs.jpeg import segments as jpeg_segments
from imgopt.codecs.png import animation as png_animation
from imgopt.codecs.png import chunks as png_chunks
from imgopt.codecs.shared import isobmff
from imgopt.codecs.shared.color import orientation_of
from imgopt.codecs.shared.timing import STILL, Timing
from imgopt.codecs.svg.signature import HEAD_BYTES
from imgopt.codecs.tiff import tags as tiff_tags
from imgopt.codecs.webp import animation as webp_animation
from imgopt.codecs.webp import chunks as webp_chunks
from imgopt.errors import InvalidImage, TooLarge, Unsupported

if TYPE_CHECKING:
    from PIL.Image import Image

Scan = Callable[..., Timing]

Check = Callable[[BinaryIO], None]

# Before Pillow sees the file: it reads as many parts as there are.
STRUCTURES: dict[str, Check] = {
    "jpg": jpeg_segments.check_complete,
    "png": png_chunks.check_number,
    "webp": webp_chunks.check_complete,
}
COMPLETENESS: dict[str, Check] = {"png": png_chunks.check_complete}
SCANS: dict[str, Scan] = {
    "avif": avif_animation.scan,
    "gif": gif_blocks.scan,
    "png": png_animation.scan,
    "webp": webp_animation.scan,
}
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
    """Tells the format by the bytes and checks limits and completeness, the cheaper ones first.

    Raises Unsupported, TooLarge or InvalidImage.
    """
    file.seek(0)
    found = sniff(file.read(HEAD_BYTES))
    if found is None:
        labels = ", ".join(each.label for each in FORMATS.values())
        raise Unsupported(f"Unsupported file type. Supported are {labels}.")
    return READERS.get(found.name, _read_by_pillow)(file, found, limits)


def count_frames(data: bytes, format_name: str) -> int:
    """The frames of a file that this service wrote."""
    return SCANS[format_name](BytesIO(data), max_frames=sys.maxsize).frames


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


def _read_by_pillow(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    if found.name in STRUCTURES:
        STRUCTURES[found.name](file)
    image = _open(file, found)
    check_pixels(*image.size, limits.pixels)
    timing = SCANS[found.name](file, max_frames=limits.frames) if found.name in SCANS else STILL
    _check_animation(image.size, timing.frames, limits)
    if found.name in COMPLETENESS:
        COMPLETENESS[found.name](file)
    width, height = image.size
    if orientation_of(image) in TURNED:
        width, height = height, width
    return ImageHeader(
        found.name, found.mime_type, width, height, dpi=_dpi(image), frames=timing.frames, fps=timing.fps
    )


def _read_gif(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    size = gif_blocks.read_size(file)
    check_pixels(*size, limits.pixels)
    timing = gif_blocks.scan(file, max_frames=limits.frames)
    _check_animation(size, timing.frames, limits)
    if min(size) < 1:
        raise InvalidImage("The GIF file holds no image.")
    return ImageHeader(found.name, found.mime_type, *size, frames=timing.frames, fps=timing.fps)


def _read_boxes(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    size = isobmff.read_size(file)
    for coded in isobmff.coded_sizes(file):
        check_pixels(*coded, limits.pixels)
    timing = SCANS[found.name](file, max_frames=limits.frames) if found.name in SCANS else STILL
    _check_animation(size, timing.frames, limits)
    return ImageHeader(found.name, found.mime_type, *size, frames=timing.frames, fps=timing.fps)


def _read_ico(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    size = ico.read_size(file)
    check_pixels(*size, limits.pixels)
    return ImageHeader(found.name, found.mime_type, *size)


def _read_tiff(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    page = tiff_tags.read_page(file)
    check_pixels(page.width, page.height, limits.pixels)
    size = (page.height, page.width) if page.orientation in TURNED else (page.width, page.height)
    return ImageHeader(found.name, found.mime_type, *size, dpi=page.dpi)


def _read_svg(file: BinaryIO, found: Format, _limits: Limits) -> ImageHeader:
    """Its size is no number of pixels until it is drawn."""
    file.seek(0)
    return ImageHeader(found.name, found.mime_type, *svg.read_size(file.read()))


READERS: dict[str, Callable[[BinaryIO, Format, Limits], ImageHeader]] = {
    "avif": _read_boxes,
    "gif": _read_gif,
    "heic": _read_boxes,
    "ico": _read_ico,
    "svg": _read_svg,
    "tiff": _read_tiff,
}


def _check_animation(size: tuple[int, int], frames: int, limits: Limits) -> None:
    if frames > 1 and size[0] * size[1] * frames > limits.animation_pixels:
        millions = limits.animation_pixels / 1e6
        raise TooLarge(f"Animation too large. At most {millions:g} megapixels are accepted in all its frames.")


def _dpi(image: "Image") -> int | None:
    with suppress(Exception):  # absent, infinite, or anything that a file may claim
        dpi = float(image.info["dpi"][0])
        return round(dpi) if dpi >= 1 else None
    return None
