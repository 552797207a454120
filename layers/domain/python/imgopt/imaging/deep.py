"""Pictures with 16 bits per sample, which are decoded, resized and encoded by libvips without losing bits."""

from dataclasses import dataclass
from typing import Any

from imgopt.codecs.capabilities import Deep
from imgopt.codecs.format import Format, ImageHeader
from imgopt.codecs.formats import FORMATS
from imgopt.codecs.shared.encoding import Encoding, Metadata
from imgopt.imaging.geometry import Placement, Size

MOST = 65_535


@dataclass(frozen=True)
class DeepPicture:
    """A vips image of 1 to 4 bands, and its encoder."""

    pixels: Any
    format: Deep

    def encode(self, placement: Placement, metadata: Metadata) -> Encoding:
        return self.format.encode(place_deep(self.pixels, placement), metadata)


def read_deep(data: bytes, source: ImageHeader, target: Format, canvas: Size, quality: int) -> DeepPicture | None:
    """Decodes a picture. None where it has only 8 bits, or where the result doesn't need or can't have more."""
    found, wanted = FORMATS[source.format].deep, target.deep
    if not found or not wanted or quality < wanted.lowest_quality:
        return None
    if max(source.width * source.height, canvas.pixels) > wanted.most_pixels:
        return None
    pixels = found.read(data)
    return None if pixels is None else DeepPicture(pixels, wanted)


def place_deep(pixels: Any, placement: Placement) -> Any:
    """Places a picture as `imgopt.imaging.steps.resize` does with 8 bits, for a format that keeps alpha."""
    scaled, canvas = placement.scaled, placement.canvas
    if (scaled.width, scaled.height) != (pixels.width, pixels.height):
        pixels = _resize(pixels, placement)
    if canvas == scaled:
        return pixels
    ground = [MOST] * pixels.bands if pixels.bands in (1, 3) else [*[MOST] * (pixels.bands - 1), 0]
    return pixels.embed(*placement.offset, canvas.width, canvas.height, extend="background", background=ground)


def _resize(pixels: Any, placement: Placement) -> Any:
    """Resizes with premultiplied alpha, so that transparent pixels' colours don't show."""
    left, top, right, bottom = (round(edge) for edge in placement.box)
    part = pixels.crop(left, top, right - left, bottom - top)
    has_alpha, scaled = pixels.bands in (2, 4), placement.scaled
    weighted = part.premultiply(max_alpha=MOST) if has_alpha else part
    resized = weighted.resize(scaled.width / part.width, vscale=scaled.height / part.height, kernel="lanczos3")
    return (resized.unpremultiply(max_alpha=MOST) if has_alpha else resized).rint().cast("ushort")
