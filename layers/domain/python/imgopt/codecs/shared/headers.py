"""Reads and checks headers of several formats alike."""

from collections.abc import Callable
from typing import TYPE_CHECKING, BinaryIO

from imgopt.codecs.format import Format, ImageHeader, Limits
from imgopt.codecs.shared import isobmff, isobmff_sizes
from imgopt.codecs.shared.color import orientation_of
from imgopt.codecs.shared.metadata import read_dpi
from imgopt.codecs.shared.timing import STILL, Timing
from imgopt.errors import InvalidImage, TooLarge

if TYPE_CHECKING:
    from PIL.Image import Image

TURNED = range(5, 9)


def check_pixels(width: int, height: int, limit: int) -> None:
    if width * height > limit:
        raise TooLarge(f"Image too large: {width} x {height} pixels. At most {limit / 1e6:g} megapixels are accepted.")


def read_by_pillow(
    file: BinaryIO,
    found: Format,
    limits: Limits,
    check: Callable[[BinaryIO], None] | None = None,
    *,
    head: BinaryIO | None = None,
) -> ImageHeader:
    """Reads a header by Pillow. `check` comes last, because it reads the whole file. Pillow gets `head` instead, where
    it is given.
    """
    image = _open(head or file, found)
    check_pixels(*image.size, limits.pixels)
    timing = scan_frames(file, found, limits, image.size)
    if check:
        check(file)
    width, height = image.size
    if orientation_of(image) in TURNED:
        width, height = height, width
    return ImageHeader(
        *(found.name, found.mime_type, width, height, read_dpi(image), timing.frames, timing.fps),
        has_alpha=image.has_transparency_data,
    )


def read_boxes(file: BinaryIO, found: Format, limits: Limits) -> ImageHeader:
    """Reads the header of an ISO base media file."""
    size = isobmff_sizes.read_size(file)
    for coded in isobmff_sizes.coded_sizes(file):
        check_pixels(*coded, limits.pixels)
    timing = scan_frames(file, found, limits, size)
    return ImageHeader(
        *(found.name, found.mime_type, *size, None, timing.frames, timing.fps),
        has_alpha=isobmff.has_alpha(file),
        has_gain_map=isobmff.has_gain_map(file),
    )


def scan_frames(file: BinaryIO, found: Format, limits: Limits, size: tuple[int, int]) -> Timing:
    """Counts the frames. Raises TooLarge where they have too many pixels together."""
    timing = found.scan(file, max_frames=limits.frames) if found.scan else STILL
    if timing.frames > 1 and size[0] * size[1] * timing.frames > limits.animation_pixels:
        millions = limits.animation_pixels / 1e6
        raise TooLarge(f"Animation too large. At most {millions:g} megapixels are accepted in all its frames.")
    return timing


def _open(file: BinaryIO, found: Format) -> "Image":
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None  # Pillow's own limit would raise first, with another message
    try:
        file.seek(0)
        return Image.open(file, formats=[found.pillow_name])
    except Exception as error:
        raise InvalidImage(f"The file is not a valid {found.label} image.") from error
