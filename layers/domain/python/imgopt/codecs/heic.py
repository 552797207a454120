"""HEIC by libheif, for reading only."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def open_image(data: bytes) -> "Image":
    """The primary image, upright: libheif turns and crops it as the file says. EXIF and the profile are in `info`."""
    import pi_heif

    image: Image = pi_heif.open_heif(data, convert_hdr_to_8bit=True).to_pillow()
    return image
