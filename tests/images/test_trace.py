"""Traced SVGs: pictures of few colours stay the same, others look like a poster."""

from random import Random

import pytest
from PIL import Image, ImageChops, ImageDraw, ImageStat

from imgopt.codecs import svg
from imgopt.codecs.shared.flat_color import flat_colors
from imgopt.codecs.svg import document, trace
from imgopt.codecs.svg.shapes import path_data
from tests import pictures

SIZE = 160


def logo(ground: str | tuple[int, ...] = (0, 0, 0, 0)) -> Image.Image:
    """A ring, a bar and a dot with smooth edges."""
    large = Image.new("RGBA", (SIZE * 4, SIZE * 4), ground)
    draw = ImageDraw.Draw(large)
    draw.ellipse((60, 60, 420, 420), fill="#d02040")
    draw.ellipse((160, 160, 320, 320), fill=ground)
    draw.rectangle((380, 300, 600, 380), fill="#1050c0")
    draw.ellipse((480, 480, 520, 520), fill="#108040")
    return large.resize((SIZE, SIZE), Image.Resampling.LANCZOS)


def drawn(data: bytes, size: tuple[int, int]) -> Image.Image:
    return svg.render_svg(data, *size).image


def distance(first: Image.Image, second: Image.Image, ground: str = "white") -> float:
    """The mean difference of the worst channel, 0-255."""
    flat = [Image.alpha_composite(Image.new("RGBA", each.size, ground), each) for each in (first, second)]
    return max(ImageStat.Stat(ImageChops.difference(*flat)).mean)


@pytest.mark.parametrize("ground", [(0, 0, 0, 0), "white", "#223344"])
def test_a_flat_drawing_looks_the_same(ground):
    image = logo(ground)
    done = drawn(trace.encode(image, 80).data, image.size)
    for behind in ("white", "black"):
        assert distance(image, done, behind) < 1.5


def test_a_flat_drawing_has_its_own_colors_alone():
    data = trace.encode(logo(), 80).data.decode()
    assert data.count("<path") == 3
    assert all(color in data for color in ("#d02040", "#1050c0", "#108040"))
    assert len(data) < 2000


def test_soft_edges_leave_no_fringe():
    image = logo()
    image.putdata([pixel if pixel[3] else (0, 255, 0, 0) for pixel in image.get_flattened_data()])
    data = trace.encode(image, 40).data
    assert b"#0f0" not in data
    assert distance(logo(), drawn(data, image.size)) < 1.5


def test_areas_that_are_seen_through_stay_so():
    image = Image.new("RGBA", (90, 60))
    image.paste((200, 0, 0, 128), (10, 10, 50, 50))
    image.paste((0, 0, 200, 255), (60, 10, 80, 50))
    done = drawn(trace.encode(image, 80).data, image.size)
    assert done.getpixel((30, 30)) == pytest.approx((200, 0, 0, 128), abs=3)
    assert done.getpixel((70, 30)) == (0, 0, 200, 255)
    assert done.getpixel((5, 5))[3] == 0


def test_a_photograph_becomes_a_poster():
    image = pictures.draw("RGBA", (96, 64)).convert("RGB").effect_spread(2).convert("RGBA")
    assert flat_colors(image) is None
    assert distance(image, drawn(trace.encode(image, 80).data, image.size)) < 12


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (2000, 3), (1999, 1501)])
def test_the_size_is_the_images_own(size):
    data = trace.encode(Image.new("RGB", size, "#336699"), 5).data
    assert svg.read_size(data) == size
    middle = (size[0] // 2, size[1] // 2)
    assert drawn(data, size).getpixel(middle) == (0x33, 0x66, 0x99, 255)


def test_empty_image_is_traced_to_an_empty_drawing():
    data = trace.encode(Image.new("RGBA", (20, 10)), 80).data
    assert drawn(data, (20, 10)).getbbox() is None


@pytest.mark.parametrize("mode", ["L", "LA", "P"])
def test_every_mode_is_taken(mode):
    assert svg.is_svg(trace.encode(logo("white").convert(mode), 5).data)


def test_a_lower_quality_is_a_smaller_file():
    image = pictures.draw("RGB", (128, 128)).effect_spread(9)
    sizes = [len(trace.encode(image, quality).data) for quality in (5, 80)]
    assert sizes == sorted(set(sizes))


def test_the_result_is_as_clean_as_it_gets():
    data = trace.encode(logo(), 20).data
    assert len(svg.optimize_svg(data, 80)) <= len(svg.sanitize(data)) <= len(data) + 10


def test_a_traced_drawing_has_no_path_that_draws_nothing():
    chance = Random(1)
    image = Image.new("RGBA", (90, 120))
    for _ in range(400):
        left, top = chance.randrange(90), chance.randrange(120)
        color = (*(chance.randrange(0, 256, 64) for _ in range(3)), chance.choice([255, 120, 200]))
        image.paste(color, (left, top, left + chance.randrange(1, 4), top + chance.randrange(1, 4)))
    data = trace.trace_png(pictures.encode(image, "PNG"), 80, *image.size)
    outlines = [element.get("d") for element in document.parse(data).iter("path")]
    assert outlines
    assert all(path_data.parse_path(outline)[0].curves for outline in outlines)
