"""The options of the AVIF encoder, by content and size of the image."""

from hashlib import sha256

import pytest
from PIL import Image, ImageFilter

from imgopt.codecs.avif import codec as avif
from imgopt.codecs.avif.tuning import DRAWING, PHOTO, REPEATING, tuning_for
from imgopt.codecs.shared.redundancy import REPEAT_TILES, RUN_TILES, measure_by_runs, measure_repeats
from imgopt.codecs.shared.sampling import take_tiles


def photo(size=(320, 240)) -> Image.Image:
    noise = Image.effect_noise(size, 60).filter(ImageFilter.GaussianBlur(1))
    return Image.merge("RGB", (noise, noise.transpose(Image.Transpose.ROTATE_180), noise))


def drawing(size=(320, 240)) -> Image.Image:
    """A turned shape with soft edges."""
    shape = Image.radial_gradient("L").resize(size).point(lambda value: 60 if value < 130 else 240)
    pen = Image.new("L", size, 240)
    pen.paste(shape.resize((size[0] // 2, size[1] * 3 // 4), Image.Resampling.BICUBIC), (size[0] // 5, size[1] // 8))
    turned = pen.rotate(17, Image.Resampling.BICUBIC, fillcolor=240)
    return Image.merge("RGB", (turned, turned.point(lambda value: value // 2), turned))


def page(size=(320, 240)) -> Image.Image:
    """Lines of six letters in four greys."""
    shapes = [Image.frombytes("L", (4, 5), sha256(bytes([number])).digest()[:20]) for number in range(6)]
    letters = [shape.resize((8, 10), Image.Resampling.BILINEAR) for shape in shapes]
    image = Image.new("L", size, 255)
    for row in range(size[1] // 40):
        for column in range(size[0] // 20):
            image.paste(letters[(row * row + column * 5) % 6], (column * 20, row * 40))
    return image.point(lambda value: value // 64 * 85).convert("RGB")


@pytest.mark.parametrize(("draw", "tuning"), [(photo, PHOTO), (drawing, DRAWING), (page, REPEATING)])
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L", "LA"])
def test_tuning_follows_what_an_image_shows(draw, tuning, mode):
    assert tuning_for(draw().convert(mode)) is tuning


def test_a_large_image_is_judged_by_parts_of_it():
    large = drawing((3000, 2000))
    assert measure_by_runs(large) == measure_by_runs(take_tiles(large, *RUN_TILES))
    assert measure_repeats(large) == measure_repeats(take_tiles(large, *REPEAT_TILES))


@pytest.mark.parametrize("tuning", [PHOTO, DRAWING, REPEATING])
def test_a_large_avif_is_made_with_less_effort(tuning):
    speeds = [tuning.ask(50, megapixels)["speed"] for megapixels in (0.05, 0.1, 1, 4, 12, 24, 100)]
    assert speeds == sorted(speeds)
    assert speeds[0] < speeds[-1]


@pytest.mark.parametrize("draw", [photo, drawing, page])
def test_bytes_rise_with_quality(draw):
    sizes = [len(avif.encode(draw((160, 120)), quality).data) for quality in (20, 50, 80, 100)]
    assert sizes == sorted(set(sizes))


def test_letters_that_come_again_are_copied():
    image = page()
    copied, written = (len(avif.write(image, 60, tuning)) for tuning in (REPEATING, DRAWING))
    assert copied < 0.9 * written
