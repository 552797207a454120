"""WebP, lossy and lossless."""

import pytest
from PIL import Image, ImageDraw

from imgopt.codecs.shared.color import flatten
from imgopt.codecs.shared.encoding import Metadata
from imgopt.codecs.webp import codec as webp
from imgopt.codecs.webp import libwebp, lossless
from tests import pictures


def chart() -> Image.Image:
    image = Image.new("RGB", (400, 300), "white")
    draw = ImageDraw.Draw(image)
    for bar in range(20):
        draw.rectangle((bar * 20, 300 - bar * 13, bar * 20 + 12, 300), fill=(bar * 12, 90, 200))
    return image


def test_few_colours_are_kept_exactly_where_that_is_smaller():
    encoding = webp.encode(chart(), 60)
    assert encoding.lossless
    assert pictures.open_image(encoding.data).convert("RGB").tobytes() == chart().tobytes()


def test_a_photo_is_lossy():
    assert not webp.encode(pictures.draw(size=(256, 256)).effect_spread(9), 80).lossless


@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_the_highest_quality_loses_nothing(mode):
    image = pictures.draw(mode, (96, 64))
    encoding = webp.encode(image, 100)
    assert encoding.lossless
    shown, meant = (flatten(each.convert("RGBA")) for each in (pictures.open_image(encoding.data), image))
    assert shown.tobytes() == meant.tobytes()


def screen(colors: int = 1000) -> Image.Image:
    """Flat, in that many colours."""
    image = Image.new("RGB", (320, 240), "white")
    draw = ImageDraw.Draw(image)
    for number in range(colors):
        left, top = number * 37 % 310, number * 53 % 230
        draw.rectangle((left, top, left + 9, top + 6), fill=(number % 256, 40 + number // 256, 255 - number % 256))
    return image


def searches_of(image: Image.Image, quality: int, monkeypatch) -> list[tuple[bool, int]]:
    """Returns, for each call of libwebp, whether it is lossless, and its method."""
    called, write = [], libwebp.write_by_pillow

    def listen(image, **options):
        called.append((options.get("lossless", False), options["method"]))
        return write(image, **options)

    monkeypatch.setattr(libwebp, "write_by_pillow", listen)
    webp.encode(image, quality)
    return called


def test_a_photo_is_written_once(monkeypatch):
    assert searches_of(Image.effect_noise((128, 128), 60), 80, monkeypatch) == [(False, webp.METHOD)]


def test_a_flat_drawing_is_not_tried_lossy(monkeypatch):
    assert searches_of(chart(), 80, monkeypatch) == [(True, lossless.OF_PALETTE.method)]


def test_a_flat_picture_in_more_colours_than_a_palette_is_searched_twice(monkeypatch):
    methods = [lossless.OF_FLAT.method, lossless.OF_DENSE.method]
    assert searches_of(screen(), 100, monkeypatch) == [(True, method) for method in methods]


def test_a_flat_picture_is_searched_once_where_that_makes_it_tiny(monkeypatch):
    assert searches_of(screen(colors=300), 100, monkeypatch) == [(True, lossless.OF_FLAT.method)]


def test_a_flat_picture_is_searched_once_where_it_is_large(monkeypatch):
    monkeypatch.setattr(lossless, "MOST_TRIED_TWICE", 0)
    assert searches_of(screen(), 100, monkeypatch) == [(True, lossless.OF_DENSE.method)]


def test_a_photo_without_loss_is_searched_once(monkeypatch):
    photo = pictures.draw(size=(128, 128)).effect_spread(9)
    assert searches_of(photo, 100, monkeypatch) == [(True, lossless.OF_PHOTO.method)]


@pytest.mark.parametrize("quality", [20, 100])
def test_a_lossless_file_can_be_asked_for_at_any_quality(quality):
    photo = pictures.draw("RGBA", (64, 64)).effect_spread(3)
    encoding = lossless.encode(photo, quality, Metadata(xmp=b"<x/>"))
    assert encoding.lossless
    seen = pictures.open_image(encoding.data)
    assert flatten(seen.convert("RGBA")).tobytes() == flatten(photo).tobytes()
    assert seen.info["xmp"] == b"<x/>"


def test_colour_that_shows_is_halved_with_care(monkeypatch):
    """Which Pillow's libwebp can't be asked for."""
    image = pictures.draw(size=(128, 128)).effect_spread(9)
    draw = ImageDraw.Draw(image)
    for left in range(0, 128, 8):
        draw.line((left, 0, 127 - left, 127), fill=(255, 0, 0))
    assert searches_of(image, 80, monkeypatch) == []
