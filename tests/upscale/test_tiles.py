"""Tiles: that they cover everything, and that nobody can see where they met."""

from itertools import pairwise

import numpy
import pytest

from imgopt.errors import Unavailable
from imgopt.upscale import scaling
from imgopt.upscale.models import ANIME, WAIFU2X, X4PLUS, Choice, Device, Model
from imgopt.upscale.tiles import cut, look, spans
from tests.upscale.fakes import Cramped, Repeating, photo


def enlarged(network, model, size=(150, 97)):
    image, tiles = scaling.enlarge(photo(*size), Choice(model), network, Device.CPU)
    return numpy.asarray(image).astype(int), tiles


@pytest.fixture
def small_tiles(monkeypatch):
    monkeypatch.setitem(scaling.TILE, Device.CPU, 40)


@pytest.mark.parametrize("length", [1, 5, 64, 65, 129, 1000])
@pytest.mark.parametrize("feather", [0, 16])
def test_spans_cover_a_side_and_are_about_equal(length, feather):
    found = spans(length, 64, feather)
    assert (found[0].start, found[0].fade, found[-1].stop) == (0, 0, length)
    assert all(each.stop == min(length, after.start + feather) for each, after in pairwise(found))
    starts = [each.start for each in found] + [length]
    sizes = numpy.diff(starts)
    assert sizes.max() <= 64
    assert sizes.max() - sizes.min() <= 1


def test_the_edge_goes_on_beyond_the_image():
    pixels = numpy.asarray(photo(3, 2))
    (tile,) = cut(2, 3, 64, 0)
    assert (look(pixels, tile, 7) == numpy.pad(pixels, ((7, 7), (7, 7), (0, 0)), mode="edge")).all()


@pytest.mark.parametrize(
    ("network", "model"),
    [
        (Repeating(2, reach=7, trims=True), WAIFU2X),
        (Repeating(2, reach=19), ANIME[0]),
        (Repeating(4, reach=19), ANIME[2]),
    ],
)
def test_with_enough_context_tiles_make_no_difference(network, model, monkeypatch):
    whole, one = enlarged(network, model)
    monkeypatch.setitem(scaling.TILE, Device.CPU, 40)
    tiled, many = enlarged(network, model)
    assert (one, many) == (1, 12)
    assert abs(tiled - whole).max() == 0


def test_without_enough_context_they_do(small_tiles):
    network = Repeating(2, reach=19)
    narrow, enough = (enlarged(network, Model("test", 2, context=context))[0] for context in (3, 19))
    assert abs(narrow - enough).max() > 10


def test_feathered_tiles_agree_where_the_network_does(small_tiles):
    tiled, _ = enlarged(Repeating(4), X4PLUS)
    assert (tiled == numpy.asarray(photo(150, 97)).repeat(4, 0).repeat(4, 1)).all()


def test_feathering_leaves_no_step_between_tiles_that_disagree(small_tiles):
    """Each answer is brighter than the one before: the worst that tiles can disagree by."""
    answers = iter(numpy.linspace(0.2, 0.8, 12))

    def disagreeing(batch):
        noise = numpy.random.default_rng(3).normal(0, 0.004, batch.shape)  # not to look like a failure
        return Repeating(4)((noise + next(answers)).astype(numpy.float32))

    tiled, _ = enlarged(disagreeing, X4PLUS)
    assert max(abs(numpy.diff(tiled, axis=axis)).max() for axis in (0, 1)) < 14
    assert tiled.max() - tiled.min() > 120


def test_tiles_shrink_until_they_fit_into_memory():
    network = Cramped(pixels=(64 + 2 * WAIFU2X.context) ** 2)
    pixels, tiles = enlarged(network, WAIFU2X)
    assert tiles == 3 * 2
    assert (pixels == numpy.asarray(photo(150, 97)).repeat(2, 0).repeat(2, 1)).all()


def test_too_little_memory_for_any_tile_is_said():
    with pytest.raises(Unavailable, match="memory"):
        enlarged(Cramped(pixels=100), WAIFU2X)
