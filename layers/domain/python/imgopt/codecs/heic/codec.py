"""HEIC by libheif, for reading only. Runs in a child process, see `imgopt.codecs.shared.sandboxed_decoders`."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared import isobmff, vips
from imgopt.codecs.shared.sandboxed_decoders import open_apart, to_png
from imgopt.errors import InvalidImage

if TYPE_CHECKING:
    from PIL.Image import Image


def open_image(data: bytes) -> "Image":
    """Upright, with its profile and EXIF in `info`."""
    return open_apart(__name__, data)


def decode(data: bytes) -> bytes:
    """A PNG of what `read` reads."""
    return to_png(read(data))


def read(data: bytes) -> "Image":
    """The primary image. libheif turns and crops it as the file says, and takes the turn out of EXIF."""
    import pi_heif

    try:
        image: Image = pi_heif.open_heif(data, convert_hdr_to_8bit=True).to_pillow()
    except (ValueError, RuntimeError, OSError, EOFError) as error:
        raise InvalidImage("The HEIC file is damaged and can't be decoded.") from error
    if not image.info.get("icc_profile") and isobmff.is_display_p3(data):
        image.info["icc_profile"] = vips.display_p3()
    return image
