"""The picture that a model is shown."""

from io import BytesIO
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.Image import Image

# Models scale larger images down themselves, and not to our advantage.
LONGEST_SIDE = 1568
JPEG_QUALITY = 85


def to_jpeg(image: "Image") -> bytes:
    """At most 1568 px wide and high, on white, without metadata; for modes L, LA, RGB and RGBA."""
    from PIL.Image import Resampling

    from imgopt.codecs.shared.color import flatten

    scale = min(1, LONGEST_SIDE / max(image.size))
    size = (max(1, round(image.width * scale)), max(1, round(image.height * scale)))
    small = flatten(image.resize(size, Resampling.LANCZOS, reducing_gap=2.0))
    small.info.clear()
    output = BytesIO()
    small.save(output, "JPEG", quality=JPEG_QUALITY)
    return output.getvalue()
