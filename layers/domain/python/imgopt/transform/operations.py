"""Geometry and effects on vips images, as imgproxy applies them."""

from typing import Any

from imgopt.codecs.shared import vips
from imgopt.imaging.geometry import Size
from imgopt.transform.options import Gravity, GravityType, Rgb, TransformOptions, Trim
from imgopt.transform.sizes import place_inside

SEEN_THROUGH: Rgb = (255, 0, 255)
CLEAR = (0, 0, 0, 0)


def size_of(pixels: Any) -> Size:
    return Size(pixels.width, pixels.height)


def trim_border(pixels: Any, wanted: Trim) -> Any:
    """Removes a border of one colour, unless nothing would be left. Transparent pixels count as magenta."""
    plain = to_rgb(pixels)
    flat = plain.flatten(background=SEEN_THROUGH) if plain.hasalpha() else plain
    color = wanted.color or tuple(flat.getpoint(0, 0))
    left, top, width, height = flat.find_trim(threshold=wanted.threshold, background=color)
    if not width or not height:
        return pixels
    if wanted.equal_horizontal:
        left, width = _even_out(left, width, pixels.width)
    if wanted.equal_vertical:
        top, height = _even_out(top, height, pixels.height)
    return pixels.crop(left, top, width, height)


def _even_out(start: int, length: int, whole: int) -> tuple[int, int]:
    """Returns start and length with equal cuts at both ends: the smaller cut counts."""
    least = min(start, whole - start - length)
    return least, whole - 2 * least


def crop_to(pixels: Any, width: int, height: int, gravity: Gravity, dpr: float) -> Any:
    """Crops to a size, where the image is larger; 0 keeps a whole side."""
    wide, high = min(width or pixels.width, pixels.width), min(height or pixels.height, pixels.height)
    if (wide, high) == (pixels.width, pixels.height):
        return pixels
    if gravity.type is GravityType.SMART:
        return pixels.copy_memory().smartcrop(wide, high)
    return pixels.crop(*place_inside(size_of(pixels), Size(wide, high), gravity, dpr), wide, high)


def scale_to(pixels: Any, size: Size) -> Any:
    """Scales to exactly this size, by Lanczos."""
    if size_of(pixels) == size:
        return pixels
    across, down = size.width / pixels.width, size.height / pixels.height
    if not pixels.hasalpha():
        return pixels.resize(across, vscale=down)
    return pixels.premultiply().resize(across, vscale=down).unpremultiply().rint().cast("uchar")


def apply_effects(pixels: Any, options: TransformOptions) -> Any:
    """Applies blur, sharpen and pixelate, in that order."""
    if not options.blur and not options.sharpen and options.pixelate <= 1:
        return pixels
    colors = to_rgb(pixels)
    changed = colors.premultiply() if colors.hasalpha() else colors
    if options.blur:
        changed = changed.gaussblur(options.blur)
    if options.sharpen:
        changed = changed.copy(interpretation="srgb").sharpen(sigma=options.sharpen)
    if options.pixelate > 1:
        changed = _pixelate(changed, min(options.pixelate, max(pixels.width, pixels.height)))
    opaque = changed.unpremultiply() if colors.hasalpha() else changed
    return opaque.rint().cast("uchar").copy(interpretation="srgb").copy_memory()


def _pixelate(pixels: Any, side: int) -> Any:
    across, down = -(-pixels.width // side) * side, -(-pixels.height // side) * side
    whole = pixels.embed(0, 0, across, down, extend="copy")
    return whole.shrink(side, side).zoom(side, side).crop(0, 0, pixels.width, pixels.height)


def extend_canvas(pixels: Any, size: Size, gravity: Gravity, dpr: float) -> Any:
    """Puts the image on a larger transparent canvas. A side that isn't larger stays."""
    own = size_of(pixels)
    if size.width <= own.width and size.height <= own.height:
        return pixels
    canvas = Size(max(size.width, own.width), max(size.height, own.height))
    return embed(pixels, canvas, place_inside(canvas, own, gravity, dpr))


def embed(pixels: Any, canvas: Size, place: tuple[int, int]) -> Any:
    """Puts the image at a place of a transparent canvas."""
    whole = pixels if pixels.hasalpha() else pixels.addalpha()
    return whole.embed(*place, canvas.width, canvas.height, extend="background", background=CLEAR[-whole.bands :])


def put_on_color(pixels: Any, color: Rgb) -> Any:
    """Puts the image on a colour and removes alpha. A grey image stays grey only on grey."""
    if not pixels.hasalpha():
        return pixels
    is_grey = pixels.bands == 2 and len(set(color)) == 1
    return pixels.flatten(background=color[:1]) if is_grey else to_rgb(pixels).flatten(background=color)


def to_rgb(pixels: Any) -> Any:
    """Returns the image with three colour bands."""
    return pixels.colourspace("srgb") if pixels.bands < 3 else pixels


def blank(size: Size) -> Any:
    """Returns a transparent image."""
    return vips.library().Image.black(size.width, size.height, bands=4).copy(interpretation="srgb")
