"""Opens files by Pillow."""

from collections.abc import Callable
from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image


def opener(pillow_name: str) -> "Callable[[bytes], Image]":
    """Returns a function that opens files as this format only, without decoding them."""

    def open_image(data: bytes) -> "Image":
        from PIL import Image

        return Image.open(BytesIO(data), formats=[pillow_name])

    return open_image
