"""Upscaling: sizes, modes, alpha, the choice of networks, and failures."""

import numpy
import pytest
from PIL import Image, ImageDraw

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.shared.color import flatten
from imgopt.errors import InvalidRequest, Unavailable
from imgopt.imaging.kinds import PictureKind, kind_of
from imgopt.imaging.steps.decode import decode
from imgopt.upscale import service
from imgopt.upscale.alpha import fill_transparent_pixels
from imgopt.upscale.kind import has_palette, kind_to_upscale
from imgopt.upscale.models import (
    ANIME,
    ANIME_DENOISE0,
    ANIME_DENOISE1,
    PHOTO_DENOISE3,
    X4PLUS,
    Device,
    choices_for,
    choose,
)
from imgopt.upscale.service import LANCZOS, upscale
from tests import pictures
from tests.upscale.fakes import Failing, drawing, photo, runtime

LANCZOS_FILTER = Image.Resampling.LANCZOS


def sticker() -> Image.Image:
    """A red disc; what is transparent around it is black, as many programs write it."""
    image = Image.new("RGBA", (64, 48))
    ImageDraw.Draw(image).ellipse((10, 8, 50, 40), fill=(220, 40, 30, 255))
    return image


@pytest.mark.parametrize(
    ("kind", "factor", "device", "model", "passes"),
    [
        (PictureKind.PHOTO, 1.01, Device.CPU, ANIME, 1),
        (PictureKind.PHOTO, 2, Device.CUDA, ANIME, 1),
        (PictureKind.PHOTO, 4, Device.CPU, ANIME, 1),
        (PictureKind.PHOTO, 4.1, Device.CPU, ANIME, 2),
        (PictureKind.PHOTO, 4, Device.CUDA, X4PLUS, 1),
        (PictureKind.PHOTO, 10, Device.CPU, ANIME, 2),
        (PictureKind.GRAPHIC, 4, Device.CPU, ANIME, 1),
        (PictureKind.GRAPHIC, 2, Device.CUDA, ANIME, 1),
        (PictureKind.GRAPHIC, 3, Device.CUDA, ANIME, 2),
    ],
)
def test_the_smallest_network_that_is_enough(kind, factor, device, model, passes):
    choice = choose(choices_for(kind, Loss.NONE, device), factor, device, 10_000, 240)
    assert (choice.model, choice.passes) == (model, passes)


@pytest.mark.parametrize(
    ("kind", "loss", "model", "share"),
    [
        (PictureKind.PHOTO, Loss.NONE, ANIME, 1),
        (PictureKind.PHOTO, Loss.PALETTE, ANIME_DENOISE0, 0.5),
        (PictureKind.PHOTO, Loss.LIGHT, ANIME_DENOISE0, 1),
        (PictureKind.PHOTO, Loss.MODERATE, ANIME_DENOISE0, 1),
        (PictureKind.PHOTO, Loss.HEAVY, PHOTO_DENOISE3, 0.75),
        (PictureKind.GRAPHIC, Loss.NONE, ANIME, 1),
        (PictureKind.GRAPHIC, Loss.PALETTE, ANIME, 1),
        (PictureKind.GRAPHIC, Loss.LIGHT, ANIME_DENOISE0, 1),
        (PictureKind.GRAPHIC, Loss.MODERATE, ANIME_DENOISE1, 1),
        (PictureKind.GRAPHIC, Loss.HEAVY, ANIME_DENOISE1, 1),
    ],
)
@pytest.mark.parametrize("device", Device)
def test_the_more_a_file_has_lost_the_more_is_smoothed(kind, loss, model, share, device):
    smallest, *_ = choices_for(kind, loss, device)
    assert (smallest.model, smallest.share) == (model, share)


@pytest.mark.parametrize(("pixels", "passes"), [(3_000_000, 2), (12_000_000, 1), (99_000_000, 1)])
def test_choices_that_take_too_long_are_passed_over(pixels, passes):
    choices = choices_for(PictureKind.PHOTO, Loss.NONE, Device.CPU)
    assert choose(choices, 5, Device.CPU, pixels, 240).passes == passes


def page() -> Image.Image:
    """Returns a picture of a page on a screen: dark strokes on white, slightly slanted."""
    image = Image.new("RGB", (300, 200), "white")
    for row in range(10, 190, 12):
        for column in range(15, 280, 7):
            ImageDraw.Draw(image).line((column, row, column + row % 5, row + 7), fill=(20, 20, 20), width=2)
    return image


@pytest.mark.parametrize("quality", [80, 60])
def test_drawings_are_told_from_photographs_after_losses(quality):
    small = page().resize((150, 100), LANCZOS_FILTER)
    for made, kind in ((small, PictureKind.GRAPHIC), (photo(150, 100), PictureKind.PHOTO)):
        assert kind_to_upscale(pictures.open_image(pictures.encode(made, "JPEG", quality=quality))) is kind


def test_drawings_are_told_from_photographs():
    assert kind_of(drawing()) is PictureKind.GRAPHIC
    assert kind_of(photo(90, 60)) is PictureKind.PHOTO


@pytest.mark.parametrize("size", [(1, 1), (2, 5), (5, 1), (33, 21)])
@pytest.mark.parametrize("factor", [0.1, 0.5, 1, 1.3, 2, 2.7, 4, 10])
def test_every_size_by_every_factor(size, factor):
    image, report = upscale(photo(*size), factor, runtime=runtime())
    assert image.size == tuple(max(1, round(side * factor)) for side in size)
    assert (report.tiles == 0) == (factor <= 1) == (report.model == LANCZOS)


@pytest.mark.parametrize("factor", [0.09, 10.1, 0, -2, float("nan")])
def test_other_factors_are_refused(factor):
    with pytest.raises(InvalidRequest, match=r"0\.1 to 10"):
        upscale(photo(4, 4), factor)


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
@pytest.mark.parametrize("factor", [0.5, 3])
def test_the_mode_stays(mode, factor):
    image = pictures.draw(mode)
    done = upscale(image, factor, runtime=runtime())[0]
    assert done.mode == mode
    assert pictures.distance(flatten(done), flatten(image.resize(done.size, LANCZOS_FILTER))) < 8


def test_colours_of_other_modes_become_plain():
    assert upscale(pictures.draw().convert("CMYK"), 2, runtime=runtime())[0].mode == "RGB"
    assert upscale(Image.new("I;16", (9, 9), 40_000), 2, runtime=runtime())[0].getpixel((4, 4)) == 156
    assert upscale(pictures.draw().quantize(16), 2, runtime=runtime())[0].mode == "RGB"


def test_the_image_that_is_given_stays_as_it_is():
    image = pictures.draw("RGBA")
    image.info["note"] = "kept"
    before = image.tobytes()
    upscale(image, 2, runtime=runtime())
    assert (image.tobytes(), image.info) == (before, {"note": "kept"})


def test_the_result_says_what_was_done():
    _, done = upscale(photo(700, 40), 4, kind=PictureKind.PHOTO, runtime=runtime())
    assert (done.model, done.device, done.tiles) == (ANIME.name, Device.CPU, 1)
    assert done.seconds > 0


def test_colours_bleed_under_transparency():
    colors = numpy.asarray(fill_transparent_pixels(sticker())).reshape(-1, 3)
    assert abs(colors - numpy.array((220, 40, 30))).max() <= 4


def test_visible_pixels_are_unchanged_by_bleeding():
    image = pictures.draw("RGBA")
    image.putpixel((3, 3), (1, 2, 3, 1))
    seen = numpy.asarray(image)[..., 3] > 0
    assert (numpy.asarray(fill_transparent_pixels(image))[seen] == numpy.asarray(image)[seen][:, :3]).all()


@pytest.mark.parametrize("size", [(1, 1), (7, 1), (20, 30)])
def test_transparent_images_of_any_size_are_upscaled(size):
    done = upscale(Image.new("RGBA", size), 2, runtime=runtime())[0]
    assert done.getchannel("A").getextrema() == (0, 0)


def test_no_dark_rim_around_a_sticker():
    done = numpy.asarray(upscale(sticker(), 2, runtime=runtime())[0])
    assert abs(done[done[..., 3] > 0][:, :3] - numpy.array((220, 40, 30))).max() <= 2


def test_alpha_is_resampled_by_lanczos():
    image = sticker()
    alpha = upscale(image, 2, runtime=runtime())[0].getchannel("A")
    assert alpha.tobytes() == image.getchannel("A").resize((128, 96), LANCZOS_FILTER).tobytes()


@pytest.mark.parametrize(
    ("image", "known"),
    [
        (photo(90, 60).quantize(64).convert("RGB"), True),
        (photo(90, 60).quantize(64).convert("RGBA"), True),
        (photo(90, 60), False),
        (photo(90, 60).convert("L"), False),
        (photo(90, 60).convert("L").convert("RGB"), False),
        (photo(12, 12), False),
        (photo(1, 1), False),
    ],
)
def test_palettes_are_told_by_their_few_colours(image, known):
    assert has_palette(image) is known


def test_a_photo_in_a_palette_keeps_half_of_lanczos():
    image = photo(90, 60).quantize(64).convert("RGB")
    done, report = upscale(image, 2, kind=PictureKind.PHOTO, runtime=runtime())
    plain, network = (image.resize((180, 120), each) for each in (LANCZOS_FILTER, Image.Resampling.NEAREST))
    assert report.model == ANIME_DENOISE0.name
    assert done.tobytes() == Image.blend(plain, network, 0.5).tobytes()


def test_a_photo_that_has_lost_much_keeps_a_quarter_of_lanczos():
    image = photo(20, 20)
    done, _ = upscale(image, 2, kind=PictureKind.PHOTO, loss=Loss.HEAVY, runtime=runtime())
    plain, network = (image.resize((40, 40), each) for each in (LANCZOS_FILTER, Image.Resampling.NEAREST))
    assert done.tobytes() == Image.blend(plain, network, 0.75).tobytes()


@pytest.mark.parametrize("factor", [2, 2.7])
def test_blends_in_bands_equal_that_of_the_whole(factor, monkeypatch):
    image, known = photo(50, 90), {"kind": PictureKind.PHOTO, "loss": Loss.HEAVY}
    whole, _ = upscale(image, factor, runtime=runtime(), **known)
    monkeypatch.setattr(service, "BLENDED_ROWS", 16)
    assert pictures.distance(upscale(image, factor, runtime=runtime(), **known)[0], whole) < 0.1


SPOILED = {
    "nan": lambda good: numpy.where(good > 0.5, numpy.nan, good),
    "infinite": lambda good: good / 0,
    "flat": lambda good: good * 0,
}


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_network_that_fails_once_is_asked_again(spoil):
    image = photo(30, 20)
    done = upscale(image, 2, runtime=runtime(Failing(spoil, times=1)))[0]
    assert done.tobytes() == image.resize((60, 40), Image.Resampling.NEAREST).tobytes()


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED)
def test_a_network_that_fails_again_is_an_error(spoil):
    with pytest.raises(Unavailable, match="no valid picture"):
        upscale(photo(30, 20), 2, runtime=runtime(Failing(spoil, times=2)))


def test_plain_images_may_stay_plain():
    assert upscale(Image.new("RGB", (30, 20), (9, 9, 9)), 2, runtime=runtime())[0].getcolors() == [(2400, (9, 9, 9))]


@pytest.mark.parametrize(
    ("kind", "image", "mode"),
    [("png", Image.new("I;16", (9, 9), 40_000), "L"), ("jpg", pictures.draw().convert("CMYK"), "RGB")],
)
def test_deep_grey_and_print_colours_go_through_as_they_are_decoded(kind, image, mode):
    data = pictures.encode(image, {"png": "PNG", "jpg": "JPEG"}[kind])
    decoded = decode(data, kind).image
    done, _ = upscale(decoded, 2, runtime=runtime())
    assert done.mode == mode
    assert done.tobytes() == decoded.resize((2 * image.width, 2 * image.height), Image.Resampling.NEAREST).tobytes()
    assert pictures.distance(decoded, image.convert("RGB") if kind == "jpg" else Image.new("L", (9, 9), 156)) < 8
