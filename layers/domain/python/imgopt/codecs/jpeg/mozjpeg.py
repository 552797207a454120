"""mozjpeg with trellis quantization, through libvips, with the options that sharp uses."""

from typing import TYPE_CHECKING

from imgopt.codecs.shared import vips

if TYPE_CHECKING:
    from PIL.Image import Image

# N. Robidoux' table, mozjpeg's default.
TABLE = 3


def encode(image: "Image", quality: int, *, full_chroma: bool) -> bytes:
    """Encodes an image in mode L or RGB, without application segments. `quality`, 1 to 100, is libjpeg's."""
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
