"""Tiles: they cover everything, and their seams are invisible."""

import tracemalloc
from dataclasses import replace
from itertools import pairwise

import numpy
import pytest
from PIL import Image

from imgopt.errors import Unavailable
from imgopt.imaging.geometry import Size
from imgopt.upscale import scaling
from imgopt.upscale.models import ANIME, X4PLUS, Device, Model, NetworkChoice
from imgopt.upscale.row_buffer import RowBuffer
from imgopt.upscale.tiles import Corner, Span, Tile, cut_tile, grid, spans
from tests.upscale.fakes import Cramped, Repeating, photo

SEEING_FAR = Model("seeing-far", 2, 16, edge=6, bytes_per_pixel=3_300)


def enlarged(network, model, factor=None, device=Device.CPU):
    target = Size(150, 97).scaled(factor or model.scale)
    image, tiles = scaling.enlarge(photo(150, 97), NetworkChoice(model), target, network, device)
    return numpy.asarray(image).astype(int), tiles


@pytest.fixture
def small_tiles(monkeypatch):
    monkeypatch.setattr(scaling, "LARGEST_TILE", 40)


@pytest.mark.parametrize("length", [1, 5, 64, 65, 129, 1000])
@pytest.mark.parametrize("feather", [0, 16])
def test_spans_cover_a_side_and_are_about_equal(length, feather):
    found = spans(length, -(-length // 64), feather)
    assert (found[0].start, found[0].fade, found[-1].stop) == (0, 0, length)
    assert all(each.stop == min(length, after.start + feather) for each, after in pairwise(found))
    starts = [each.start for each in found] + [length]
    sizes = numpy.diff(starts)
    assert sizes.max() <= 64
    assert sizes.max() - sizes.min() <= 1


def test_the_edge_goes_on_beyond_the_image():
    pixels = numpy.asarray(photo(3, 2))
    tile = Tile(Span(0, 2), Span(0, 3))
    assert (cut_tile(pixels, tile, 7, 7)[0] == numpy.pad(pixels, ((7, 7), (7, 7), (0, 0)), mode="edge")).all()


@pytest.mark.parametrize(
    ("network", "model"),
    [
        (Repeating(2, reach=7, trims=True), ANIME),
        (Repeating(2, reach=16), SEEING_FAR),
        (Repeating(4, reach=16), replace(SEEING_FAR, scale=4)),
    ],
)
def test_tiles_with_enough_context_make_no_difference(network, model, monkeypatch):
    whole, one = enlarged(network, model)
    monkeypatch.setattr(scaling, "LARGEST_TILE", 40)
    tiled, many = enlarged(network, model)
    assert (one, many) == (1, 12)
    assert abs(tiled - whole).max() == 0


def test_tiles_without_enough_context_make_a_difference(small_tiles):
    network = Repeating(2, reach=19)
    models = (Model("test", 2, context=context, bytes_per_pixel=1) for context in (3, 19))
    narrow, enough = (enlarged(network, model)[0] for model in models)
    assert abs(narrow - enough).max() > 10


def test_feathered_tiles_agree_where_the_network_does(small_tiles):
    tiled, _ = enlarged(Repeating(4), X4PLUS)
    assert (tiled == numpy.asarray(photo(150, 97)).repeat(4, 0).repeat(4, 1)).all()


def test_feathering_leaves_no_step_between_tiles_that_disagree(small_tiles):
    """Each tile is brighter than the previous one, which is the largest possible difference."""
    answers = iter(numpy.linspace(0.2, 0.8, 12))

    def disagreeing(batch):
        noise = numpy.random.default_rng(3).normal(0, 0.004, batch.shape)  # not to look like a failure
        return Repeating(4)((noise + next(answers)).astype(numpy.float32))

    tiled, _ = enlarged(disagreeing, X4PLUS)
    assert max(abs(numpy.diff(tiled, axis=axis)).max() for axis in (0, 1)) < 14
    assert tiled.max() - tiled.min() > 120


def test_tiles_shrink_until_they_fit_into_memory(monkeypatch):
    monkeypatch.setattr(scaling, "LARGEST_TILE", 256)
    network = Cramped(pixels=(64 + 2 * ANIME.context) ** 2)
    pixels, tiles = enlarged(network, ANIME)
    assert tiles == 2 * 2
    assert (pixels == numpy.asarray(photo(150, 97)).repeat(2, 0).repeat(2, 1)).all()


def test_memory_too_small_for_any_tile_is_reported():
    with pytest.raises(Unavailable, match="memory"):
        enlarged(Cramped(pixels=100), ANIME)


@pytest.mark.parametrize("model", [ANIME, replace(SEEING_FAR, scale=3), X4PLUS], ids=lambda model: model.name)
@pytest.mark.parametrize("factor", [0.7, 1.1, 1.97, 3.3, 6])
def test_resize_in_bands_equals_that_of_the_whole(model, factor, small_tiles):
    """Pillow filters rows or columns first, whichever is less work, and rounds in between."""
    found, _ = enlarged(Repeating(model.scale), model, factor)
    whole = Image.fromarray(numpy.asarray(photo(150, 97)).repeat(model.scale, 0).repeat(model.scale, 1))
    target = Size(150, 97).scaled(factor)
    expected = whole.resize((target.width, target.height), Image.Resampling.LANCZOS)
    error = abs(found - numpy.asarray(expected))
    assert (error.max() <= 8, (error > 1).mean() < 1e-4) == (True, True)


def test_no_more_of_a_canvas_is_kept_than_a_filter_sees():
    canvas = Size(40, 4000)
    buffer, most = RowBuffer(canvas, Size(30, 3000)), 0
    for start in range(0, canvas.height, 100):
        rows, top = buffer.reserve(start + 100)
        rows[start - top : start + 100 - top] = start // 100
        most = max(most, len(rows))
        buffer.commit(start + 100)
    assert most < 120
    assert (buffer.pixels[10], buffer.pixels[-1]) == (pytest.approx(0), pytest.approx(39))


def test_memory_goes_into_the_result_and_not_into_what_the_network_makes_of_it(monkeypatch):
    monkeypatch.setattr(scaling, "LARGEST_TILE", 64)
    image, target = photo(900, 900), Size(990, 990)
    tracemalloc.start()
    scaling.enlarge(image, NetworkChoice(replace(SEEING_FAR, scale=4)), target, Repeating(4), Device.CPU)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    band, canvas = 3 * 3600 * 4 * 64, 3 * 3600 * 3600
    assert peak < 3 * 900 * 900 + 3 * target.pixels + 4 * band < canvas / 2


def test_two_passes_make_all_pixels_in_between():
    """The result needs fewer of these pixels, but would look worse."""
    network = Repeating(2)
    image, _ = scaling.enlarge(photo(20, 10), NetworkChoice(ANIME, passes=2), Size(62, 31), network, Device.CPU)
    assert image.size == (62, 31)
    assert [shape[3] // 10 for shape in network.shapes] == [3, 5]  # with edges of 7


def test_tiles_on_cuda_have_the_same_shape(monkeypatch):
    monkeypatch.setattr(scaling, "CUDA_TILE", 64)
    network = Repeating(2, reach=7, trims=True)
    pixels, tiles = enlarged(network, ANIME, device=Device.CUDA)
    assert set(network.shapes) == {(1, 3, 64 + 2 * ANIME.context, 64 + 2 * ANIME.context)}
    assert (tiles, abs(pixels - enlarged(Repeating(2, reach=7, trims=True), ANIME)[0]).max()) == (6, 0)


def test_the_larger_the_image_the_smaller_the_tiles():
    images = [[Size(n, 1000), Size(2 * n, 2000)] for n in (100, 5000, 12_500)]
    sides = [scaling.tile_side(ANIME, each, Device.CPU) for each in images]
    assert sides == sorted(sides, reverse=True)
    assert sides[-1] >= scaling.SMALLEST_TILE


def test_context_beyond_the_image_is_smaller_than_within():
    pixels = numpy.asarray(photo(100, 80))
    seen, corner = cut_tile(pixels, Tile(Span(0, 40), Span(50, 100)), 19, 8)
    assert (seen.shape[:2], corner) == ((8 + 40 + 19, 19 + 50 + 8), Corner(8, 19))


@pytest.mark.parametrize(
    ("height", "width", "tiles"), [(100, 100, (1, 1)), (600, 600, (1, 2)), (10, 5000, (1, 2)), (2000, 2000, (4, 5))]
)
def test_images_are_cut_so_that_little_is_seen_twice(height, width, tiles):
    assert grid(height, width, 451, 19) == tiles


@pytest.mark.parametrize("size", [(1, 1), (1, 9000), (333, 1234), (5000, 7000)])
def test_no_tile_is_larger_than_its_share_of_memory(size):
    for side, context in ((32, 19), (345, 7)):
        counts = grid(*size, side, context)
        sides = [-(-length // count) + 2 * context for length, count in zip(size, counts, strict=True)]
        assert sides[0] * sides[1] <= (side + 2 * context) ** 2
