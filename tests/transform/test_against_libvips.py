"""Image URLs against reference pictures of libvips: equal sizes, and pixels within 3 of 255."""

from collections.abc import Callable
from dataclasses import replace
from functools import cache
from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from imgopt.codecs.format import Limits
from imgopt.codecs.header import read_header
from imgopt.codecs.shared import vips
from imgopt.transform.options import (
    Crop,
    Extend,
    Gravity,
    GravityType,
    Padding,
    ResizingType,
    TransformOptions,
    Trim,
    Watermark,
)
from imgopt.transform.variant import Output, TransformLimits
from imgopt.transform.variant_maker import make_variant

LIMITS, MOST_OFF = TransformLimits(), 3
ANY = Limits(10**8, 1000, 10**9)
WIDTH, HEIGHT = 125, 70
CLEAR = [0, 0, 0, 0]
Reference = Callable[[Any], Any]


@cache
def photo() -> Any:
    """125 x 70 in sRGB, smooth with some detail, other in each corner."""
    library = vips.library()
    x, y = library.Image.xyz(WIDTH, HEIGHT).bandsplit()
    waves = (library.Image.sines(WIDTH, HEIGHT, hfreq=9, vfreq=4) + 1) * 40
    bands = [x * 1.4 + waves, y * 2.2 + 40, (x + y) * 0.6 + 60]
    return bands[0].bandjoin(bands[1:]).cast("uchar").copy(interpretation="srgb").copy_memory()


@cache
def drawing() -> Any:
    """The same, half transparent in part."""
    alpha = vips.library().Image.xyz(WIDTH, HEIGHT)[0] * 2
    return photo().bandjoin(alpha.cast("uchar")).copy(interpretation="srgb").copy_memory()


@cache
def framed() -> Any:
    """The photo in a white border: 10 left, 20 right, 6 at the top, 12 at the bottom."""
    return photo().embed(10, 6, WIDTH + 30, HEIGHT + 18, extend="background", background=[255] * 3).copy_memory()


@cache
def mark() -> bytes:
    square = vips.library().Image.black(20, 10, bands=3).linear(1, [200, 30, 60])
    return bytes(square.cast("uchar").copy(interpretation="srgb").pngsave_buffer())


def resized(image: Any, width: int, height: int) -> Any:
    across, down = width / image.width, height / image.height
    if not image.hasalpha():
        return image.resize(across, vscale=down)
    return image.premultiply().resize(across, vscale=down).unpremultiply().rint().cast("uchar")


def embedded(image: Any, left: int, top: int, width: int, height: int) -> Any:
    whole = image if image.hasalpha() else image.addalpha()
    return whole.embed(left, top, width, height, extend="background", background=CLEAR)


def pixelated(image: Any) -> Any:
    wide, high = 128, 72
    return image.embed(0, 0, wide, high, extend="copy").shrink(8, 8).zoom(8, 8).crop(0, 0, WIDTH, HEIGHT)


def marked(image: Any, left: int, top: int, opacity: float = 1.0, size: tuple[int, int] = (20, 10)) -> Any:
    over = resized(vips.library().Image.new_from_buffer(mark(), "").addalpha(), *size) * [1, 1, 1, opacity]
    return image.composite2(over.cast("uchar").copy(interpretation="srgb"), "over", x=left, y=top)[:3]


def asked(kind: str = "fit", width: int = 0, height: int = 0, **others: Any) -> TransformOptions:
    return TransformOptions(resizing_type=ResizingType(kind), width=width, height=height, **others)


def at(kind: str, x: float = 0, y: float = 0) -> Gravity:
    return Gravity(GravityType(kind), x, y)


PHOTO: dict[str, tuple[TransformOptions, Reference]] = {
    "untouched": (asked(), lambda i: i),
    "fit": (asked("fit", 50, 50), lambda i: resized(i, 50, 28)),
    "fit to a height": (asked("fit", 0, 35), lambda i: resized(i, 63, 35)),
    "fit without enlarging": (asked("fit", 500, 500), lambda i: i),
    "enlarged": (asked("fit", 250, 0, enlarge=True), lambda i: resized(i, 250, 140)),
    "fill": (asked("fill", 40, 40), lambda i: resized(i, 71, 40).crop(16, 0, 40, 40)),
    "fill in the west": (asked("fill", 40, 40, gravity=at("we")), lambda i: resized(i, 71, 40).crop(0, 0, 40, 40)),
    "fill in the south east": (
        asked("fill", 60, 20, gravity=at("soea")),
        lambda i: resized(i, 60, 34).crop(0, 14, 60, 20),
    ),
    "fill by an offset": (
        asked("fill", 40, 40, gravity=at("ea", 5)),
        lambda i: resized(i, 71, 40).crop(26, 0, 40, 40),
    ),
    "fill by a focus point": (
        asked("fill", 40, 40, gravity=at("fp", 0.75, 0.5)),
        lambda i: resized(i, 71, 40).crop(31, 0, 40, 40),
    ),
    "fill smartly": (
        asked("fill", 40, 40, gravity=at("sm")),
        lambda i: resized(i, 71, 40).copy_memory().smartcrop(40, 40),
    ),
    "fill down": (asked("fill-down", 95, 95), lambda i: i.crop(28, 0, 70, 70)),
    "force": (asked("force", 60, 60), lambda i: resized(i, 60, 60)),
    "auto": (asked("auto", 50, 40), lambda i: resized(i, 71, 40).crop(11, 0, 50, 40)),
    "a minimal width": (asked(min_width=200), lambda i: resized(i, 200, 112)),
    "zoomed": (asked("fit", 25, 0, zoom_x=2, zoom_y=2), lambda i: resized(i, 50, 28)),
    "dpr": (asked("fit", 25, 0, dpr=2), lambda i: resized(i, 50, 28)),
    "cropped": (asked(crop=Crop(60, 30)), lambda i: i.crop(33, 20, 60, 30)),
    "cropped by a share": (asked(crop=Crop(0.5, 0.5, at("nowe"))), lambda i: i.crop(0, 0, 63, 35)),
    "cropped, then fit": (
        asked("fit", 30, 0, crop=Crop(60, 40, at("no"))),
        lambda i: resized(i.crop(33, 0, 60, 40), 30, 20),
    ),
    "turned": (asked(rotate=90), lambda i: i.rot90()),
    "turned and fit": (asked("fit", 35, 0, rotate=270), lambda i: resized(i, 63, 35).rot270()),
    "turned and cropped": (
        asked(rotate=90, crop=Crop(30, 50, at("no"))),
        lambda i: i.rot90().crop(20, 0, 30, 50),
    ),
    "mirrored": (asked(flip_horizontal=True), lambda i: i.fliphor()),
    "upside down": (asked(flip_vertical=True, rotate=180), lambda i: i.rot180().flipver()),
    "blurred": (asked(blur=2.0), lambda i: i.gaussblur(2.0)),
    "sharpened": (asked(sharpen=1.0), lambda i: i.sharpen(sigma=1.0)),
    "pixelated": (asked(pixelate=8), pixelated),
    "extended": (asked("fit", 150, 90, extend=Extend()), lambda i: embedded(i, 13, 10, 150, 90)),
    "extended in a corner": (
        asked("fit", 150, 90, extend=Extend(at("soea", 2, 3))),
        lambda i: embedded(i, 23, 17, 150, 90),
    ),
    "extended to proportions": (
        asked("fit", 150, 150, extend_aspect_ratio=Extend(at("no"))),
        lambda i: embedded(i, 0, 0, 125, 125),
    ),
    "padded": (asked(padding=Padding(1, 2, 3, 4)), lambda i: embedded(i, 4, 1, WIDTH + 6, HEIGHT + 4)),
    "padded in a colour": (
        asked(padding=Padding(5, 5, 5, 5), background=(10, 200, 30)),
        lambda i: embedded(i, 5, 5, WIDTH + 10, HEIGHT + 10).flatten(background=[10, 200, 30]),
    ),
    "marked in the middle": (asked(watermark=Watermark(1.0)), lambda i: marked(i, 53, 30)),
    "marked faintly in a corner": (
        asked(watermark=Watermark(0.5, at("soea", 5, 5))),
        lambda i: marked(i, WIDTH - 25, HEIGHT - 15, 0.5),
    ),
    "marked by a share": (asked(watermark=Watermark(1.0, at("nowe"), 0.5)), lambda i: marked(i, 0, 0, size=(62, 31))),
}
DRAWING: dict[str, tuple[TransformOptions, Reference]] = {
    "transparent": (asked("fit", 50, 0), lambda i: resized(i, 50, 28)),
    "transparent, filled": (asked("fill", 40, 40), lambda i: resized(i, 71, 40).crop(16, 0, 40, 40)),
    "transparent on a colour": (
        asked("fit", 50, 0, background=(255, 255, 0)),
        lambda i: resized(i, 50, 28).flatten(background=[255, 255, 0]),
    ),
    "transparent, blurred": (
        asked(blur=1.5),
        lambda i: i.premultiply().gaussblur(1.5).unpremultiply().rint().cast("uchar"),
    ),
}
FRAMED: dict[str, tuple[TransformOptions, Reference]] = {
    "trimmed": (asked(trim=Trim(10)), lambda _: photo()),
    "trimmed by a colour": (asked(trim=Trim(10, (255, 255, 255))), lambda _: photo()),
    "trimmed evenly": (
        asked(trim=Trim(10, None, equal_horizontal=True, equal_vertical=True)),
        lambda i: i.crop(10, 6, WIDTH + 10, HEIGHT + 6),
    ),
    "trimmed, then fit": (asked("fit", 50, 0, trim=Trim(10)), lambda _: resized(photo(), 50, 28)),
}


def made(data: bytes, options: TransformOptions, name: str = "png") -> Any:
    watermark = mark() if options.watermark else None
    variant = make_variant(data, read_header(BytesIO(data), ANY), options, Output(name), LIMITS, watermark)
    image = vips.library().Image.new_from_buffer(variant.data, "")
    assert (image.width, image.height) == (variant.width, variant.height)
    return image


def check(result: Any, reference: Any, most: float = MOST_OFF) -> None:
    assert (result.width, result.height, result.bands) == (reference.width, reference.height, reference.bands)
    if result.hasalpha():
        result, reference = (each.premultiply() for each in (result, reference))
    assert (result.cast("float") - reference.cast("float")).abs().max() <= most


@pytest.mark.parametrize("name", PHOTO)
def test_photo_is_as_libvips_makes_it(name):
    options, reference = PHOTO[name]
    check(made(bytes(photo().pngsave_buffer()), options), reference(photo()))


@pytest.mark.parametrize("name", DRAWING)
def test_drawing_is_as_libvips_makes_it(name):
    options, reference = DRAWING[name]
    check(made(bytes(drawing().pngsave_buffer()), options), reference(drawing()))


@pytest.mark.parametrize("name", FRAMED)
def test_framed_photo_is_as_libvips_makes_it(name):
    options, reference = FRAMED[name]
    check(made(bytes(framed().pngsave_buffer()), options), reference(framed()))


def oriented(orientation: int, kind: str) -> bytes:
    """The photo with an orientation in its EXIF; libvips reads the first, Pillow the second."""
    exif, out = Image.Exif(), BytesIO()
    exif[0x0112] = orientation
    vips.to_pillow(photo()).save(out, kind, exif=exif, quality=100, lossless=True)
    return out.getvalue()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("kind", ["WEBP", "PNG"])
def test_exif_orientation_comes_before_all_that_is_asked(orientation, kind):
    source = photo().copy()
    source.set_type(vips.library().GValue.gint_type, "orientation", orientation)
    crop, data = Crop(30, 20, at("nowe", 4, 6)), oriented(orientation, kind)
    check(made(data, asked(crop=crop)), source.autorot().crop(4, 6, 30, 20))
    check(made(data, asked(crop=crop, auto_rotate=False)), source.crop(4, 6, 30, 20))


@pytest.mark.parametrize("width", [160, 120, 63, 40, 20])
def test_jpeg_that_is_made_smaller_as_it_is_decoded_is_as_libvips_thumbnail(width):
    data = bytes(photo().resize(5.12).jpegsave_buffer(Q=90))
    check(made(data, asked("fit", width)), vips.library().Image.thumbnail_buffer(data, width))


def test_jpeg_on_white_has_no_alpha():
    options = asked(padding=Padding(2, 2, 2, 2))
    white = embedded(photo(), 2, 2, WIDTH + 4, HEIGHT + 4).flatten(background=[255] * 3)
    result = made(bytes(photo().pngsave_buffer()), replace(options, quality=100), "jpg")
    check(result, white, 40)
    assert min(result.crop(0, 0, WIDTH, 1).min(), 255) >= 240
