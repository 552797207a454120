"""Checks a source's limits by its header, before it is decoded."""

from imgopt.codecs.formats import is_vector
from imgopt.errors import TooLarge
from imgopt.transform.variant import VariantOrder


def check_source(order: VariantOrder, *, moves: bool) -> None:
    """Raises TooLarge. A vector image has no pixels yet. Of a source that doesn't stay an animation, only the first
    frame counts.
    """
    source, limits = order.source, order.limits
    if limits.file_bytes and len(order.data) > limits.file_bytes:
        raise TooLarge(f"Source file too large. At most {limits.file_bytes} bytes are accepted.")
    if is_vector(source.format):
        return
    frames, pixels = min(source.frames, limits.frames) if moves else 1, source.width * source.height
    if frames > 1 and limits.frame_pixels:
        _check(pixels, limits.frame_pixels, "in a frame")
    else:
        _check(pixels * frames, limits.pixels, "in all its frames" if frames > 1 else "in an image")


def _check(pixels: int, most: int, where: str) -> None:
    if most and pixels > most:
        raise TooLarge(f"Source image too large. At most {most / 1e6:g} megapixels {where} are accepted.")
