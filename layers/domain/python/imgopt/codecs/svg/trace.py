"""Traces pixels to SVG by vtracer."""

import re
import sys
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from imgopt.codecs.shared.encoding import NO_METADATA, Encoding, Metadata
from imgopt.codecs.shared.flat_color import flat_colors, main_colors, repaint
from imgopt.codecs.svg.optimizer import RECURSION
from imgopt.codecs.svg.traversal import speed_up_svgo
from imgopt.sandbox import spawning

if TYPE_CHECKING:
    from PIL.Image import Image

ENCODER = "vtracer"
SECONDS, MEMORY_BYTES = 90.0, 3 << 30
REFUSAL = "The image could not be traced: it needs too much memory or time."
# The number of traced pixels, by quality: more give truer outlines and larger files. Small images are enlarged.
FLAT_PIXELS, FLAT_PIXELS_PER_QUALITY = 200_000, 12_000
PHOTO_PIXELS, PHOTO_PIXELS_PER_QUALITY = 100_000, 4_000
MAX_FACTOR = 4
LEAST_COLORS, COLORS_PER_QUALITY = 8, 0.3
# Strokes of a photograph thinner than half of this many pixels are noise.
PHOTO_BRUSH = 5
# In pixels of the original. In a drawing, only remains of blended edges are noise.
FLAT_SPECK, PHOTO_SPECK = 2, 4
SOLID = 128
# (opacity, lowest alpha) of areas that are meant to be translucent.
BANDS = ((1.0, 224), (0.75, 160), (0.5, 96), (0.25, 32))
AREA_SIDE, LEAST_AREA = 5, 0.001
# svgo needs 5 s per megabyte.
MINIFIED_BYTES = 2_000_000
EVERY_COLOR = {"color_precision": 8, "layer_difference": 1, "path_precision": 0}
PATHS = re.compile(r"<path[^>]*/>")
# Paths smaller than half a unit, of which rounding leaves only a start point or nothing.
DRAWS_NOTHING = re.compile(r' d="[M\d\s,.-]*+"')


def encode(image: "Image", quality: int, _metadata: Metadata = NO_METADATA) -> Encoding:
    """Returns an SVG of the image's size; transparent parts stay transparent. Photographs are posterized.

    The higher the quality, 1 to 100, the more colours, details and bytes. Raises InvalidImage where it takes too long.
    """
    small = _reduce(image.convert("RGBA"), FLAT_PIXELS + quality * FLAT_PIXELS_PER_QUALITY)
    out = BytesIO()
    small.save(out, "PNG", compress_level=1)
    limits = spawning.ChildLimits(SECONDS, MEMORY_BYTES)
    size = {"width": image.width, "height": image.height}
    data = spawning.call_spawned(f"{__name__}:trace_png", out.getvalue(), limits, REFUSAL, quality=quality, **size)
    return Encoding(data, ENCODER)


def trace_png(data: bytes, quality: int, width: int, height: int) -> bytes:
    """Returns an SVG of width x height pixels from a PNG in RGBA. Runs in a child process."""
    from PIL import Image

    image: Image.Image = Image.open(BytesIO(data))
    colors = flat_colors(image)
    if colors is None:
        pixels = PHOTO_PIXELS + quality * PHOTO_PIXELS_PER_QUALITY
        image, brush, speck = _reduce(image, pixels), PHOTO_BRUSH, PHOTO_SPECK
        colors = main_colors(image, LEAST_COLORS + round(quality * COLORS_PER_QUALITY))
    else:
        pixels, brush, speck = FLAT_PIXELS + quality * FLAT_PIXELS_PER_QUALITY, 1, FLAT_SPECK
    factor = max(1, min(MAX_FACTOR, int((pixels / (image.width * image.height)) ** 0.5)))
    image = repaint(image, colors, factor, max(brush, 2 * factor - 1))
    return _write(image, width, height, speck * factor).encode()


def _write(image: "Image", width: int, height: int, speck: int) -> str:
    paths = "".join(_trace_layers(image, speck))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
    stretch = ' preserveAspectRatio="none"' if image.width * height != image.height * width else ""
    text = f'{head} viewBox="0 0 {image.width} {image.height}"{stretch}>{paths}</svg>'
    return _minify(text)


def _reduce(image: "Image", pixels: int) -> "Image":
    scale = (pixels / (image.width * image.height)) ** 0.5
    if scale >= 1:
        return image
    return image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))


def _trace_layers(image: "Image", speck: int) -> Iterator[str]:
    """Yields paths by opacity. vtracer only supports opaque and transparent: translucent areas would get a fringe."""
    for opacity, mask in _masks(image.getchannel("A")):
        layer = image.copy()
        layer.putalpha(mask)
        paths = _trace_solid(layer, speck)
        yield paths if opacity == 1 else f'<g opacity="{opacity}">{paths}</g>'


def _masks(alpha: "Image") -> Iterator[tuple[float, "Image"]]:
    """Yields masks of the opaque pixels, and of the translucent areas. Soft edges count as opaque or transparent."""
    from PIL import ImageChops

    solid, rest = alpha.point(lambda value: 255 if value >= SOLID else 0), []
    upper = 256
    for opacity, lower in BANDS:
        band = _areas(alpha.point(lambda value, low=lower, high=upper: 255 if low <= value < high else 0))
        upper = lower
        if opacity < 1 and band.histogram()[255] > LEAST_AREA * alpha.width * alpha.height:
            solid = ImageChops.subtract(solid, band)
            rest.append((opacity, band))
    yield from rest
    if solid.getbbox():
        yield 1.0, solid


def _areas(mask: "Image") -> "Image":
    """Removes everything thinner than `AREA_SIDE` pixels from a mask."""
    from PIL import ImageFilter

    return mask.filter(ImageFilter.MinFilter(AREA_SIDE)).filter(ImageFilter.MaxFilter(AREA_SIDE))


def _trace_solid(image: "Image", speck: int) -> str:
    import vtracer

    out = BytesIO()
    image.save(out, "PNG", compress_level=1)
    text = vtracer.convert_raw_image_to_svg(out.getvalue(), "png", filter_speckle=speck, **EVERY_COLOR)
    return "".join(PATHS.findall(text))


def _minify(text: str) -> str:
    from svgo import optimize

    if len(text) > MINIFIED_BYTES:
        return _without_empty(text)
    sys.setrecursionlimit(RECURSION)
    speed_up_svgo()
    plugins: list[Any] = ["convertColors", "convertPathData", "collapseGroups"]
    return _without_empty(str(optimize(text, {"plugins": plugins, "floatPrecision": 0})["data"]))


def _without_empty(text: str) -> str:
    return PATHS.sub(lambda found: "" if DRAWS_NOTHING.search(found[0]) else found[0], text)
