"""mozjpeg with its trellis, as libvips carries it, written by sharp's options for it."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared import vips

if TYPE_CHECKING:
    from PIL.Image import Image

# N. Robidoux' table, which mozjpeg takes by itself.
TABLE = 3


def encode(image: "Image", quality: int, *, full_chroma: bool) -> bytes:
    """A JPEG of an image in mode L or RGB, without a segment that describes it; `quality` 1-100 is libjpeg's."""
    data = vips.from_pillow(image).jpegsave_buffer(
        Q=quality,
        quant_table=TABLE,
        trellis_quant=True,
        overshoot_deringing=True,
        optimize_scans=True,
        optimize_coding=True,
        interlace=True,
        subsample_mode="off" if full_chroma else "on",
        keep="none",
    )
    return bytes(data)
