"""The search for the best encoding under a limit, with an encoder of known sizes."""

import pytest

from imgopt.codecs.shared.encoding import Encoding
from imgopt.imaging.geometry import Size
from imgopt.imaging.steps.compress import (
    LEAST_LONGER_SIDE,
    LEAST_QUALITY,
    LOWEST_QUALITY,
    LOWEST_SCALE,
    MOST_TRIES,
    Attempts,
    fit,
    fit_within,
    lowest_scale_of,
)


class Encoder:
    """Sizes grow exponentially with quality and with the square of the scale; `floor` bytes are always there."""

    def __init__(self, floor: int = 0) -> None:
        self.floor, self.calls = floor, 0

    def __call__(self, quality: int, scale: float) -> Encoding:
        self.calls += 1
        return Encoding(bytes(self.floor + round(1000 * 1.05**quality * scale**2)), "test")


def size(quality: int) -> int:
    return round(1000 * 1.05**quality)


def test_image_without_a_size_limit_is_encoded_once():
    encode = Encoder()
    assert fit(encode, 80, None, scalable=True).quality == 80
    assert encode.calls == 1


def test_encoding_that_fits_at_the_requested_quality_is_kept():
    assert fit(Encoder(), 80, size(80), scalable=True).quality == 80


@pytest.mark.parametrize("quality", range(LOWEST_QUALITY, 80, 7))
def test_the_highest_quality_that_fits_is_found(quality):
    encode = Encoder()
    assert abs(fit(encode, 80, size(quality), scalable=True).quality - quality) <= 1
    assert encode.calls <= MOST_TRIES + 2


@pytest.mark.parametrize("limit", [200, 500, 1500, 2500])
def test_scale_goes_down_below_the_lowest_quality(limit):
    found = fit(Encoder(), 80, limit, scalable=True)
    assert found.quality == LOWEST_QUALITY
    assert found.scale < 1
    assert 0.6 * limit < len(found.encoding.data) <= limit


def test_a_size_that_was_asked_for_is_kept():
    found = fit(Encoder(), 80, 500, scalable=False)
    assert (found.quality, found.scale) == (LEAST_QUALITY, 1)


@pytest.mark.parametrize("quality", range(LEAST_QUALITY, LOWEST_QUALITY, 4))
def test_quality_goes_below_the_lowest_where_the_size_is_kept(quality):
    found = fit(Encoder(), 80, size(quality), scalable=False)
    assert 0.85 * size(quality) <= found.size <= size(quality)


def test_a_limit_that_cannot_be_met_ends_with_the_smallest():
    found = fit(Encoder(floor=900), 80, 500, scalable=True)
    assert found.scale == LOWEST_SCALE


@pytest.mark.parametrize(("size", "lowest"), [((1600, 900), 1 / 16), ((64, 40), 0.25), ((9, 16), 1.0), ((8, 8), 1.0)])
def test_a_picture_is_not_scaled_to_less_than_can_be_made_out(size, lowest):
    assert lowest_scale_of(Size(*size)) == lowest
    assert max(size) * lowest >= LEAST_LONGER_SIDE or lowest == 1
    found = fit_within(Attempts(Encoder(floor=900), lowest_scale=lowest), 80, 500, scalable=True)
    assert found.scale == lowest


@pytest.mark.parametrize("limit", [500, 740, 980])
def test_limit_is_filled_by_quality_where_bytes_jump_from_one_scale_to_the_next(limit):
    def encode(quality: int, scale: float) -> Encoding:
        return Encoding(bytes(round((400 if scale < 0.5 else 2000) * 1.03 ** (quality - LOWEST_QUALITY))), "test")

    assert 0.85 * limit <= fit(encode, 80, limit, scalable=True).size <= limit


def test_a_quality_below_the_lowest_is_not_raised():
    assert fit(Encoder(), 5, size(4), scalable=True).quality == 5


def test_an_encoder_that_grows_when_scaled_down_does_not_end_the_search():
    def encode(quality: int, scale: float) -> Encoding:
        return Encoding(bytes(1500 if 0.5 < scale < 1 else round(1000 * scale)), "test")

    assert len(fit(encode, 80, 300, scalable=True).encoding.data) <= 300


@pytest.mark.parametrize("limit", [700, 1500, 2500, 9000, 18_000])
def test_limit_is_filled_where_quality_has_few_steps(limit):
    def encode(quality: int, scale: float) -> Encoding:
        return Encoding(bytes(round(1000 * 1.05 ** (quality // 30 * 30) * scale**2)), "test")

    found = fit(encode, 80, limit, scalable=True).encoding
    assert 0.85 * limit <= len(found.data) <= limit


@pytest.mark.parametrize("limit", [4600, 6000, 8000, 9500])
def test_limit_is_filled_where_fewer_pixels_need_a_higher_quality_to_stay_lossless(limit):
    def encode(quality: int, scale: float) -> Encoding:
        lossless = quality >= 75 + 20 * (1 - scale)
        return Encoding(bytes(round((10_000 if lossless else 3000) * scale**2)), "test")

    assert 0.85 * limit <= fit(encode, 80, limit, scalable=True).size <= limit


def test_limit_is_filled_where_bytes_jump_with_quality_and_with_scale():
    def encode(quality: int, scale: float) -> Encoding:
        palette = 1.0 if quality < 30 else 1.45
        return Encoding(bytes(round(20_000 * palette * scale**2 * (1 if scale < 0.7 else 1.5))), "test")

    assert 0.85 * 13_500 <= fit(encode, 80, 13_500, scalable=True).size <= 13_500


def test_limit_is_not_filled_by_much_fewer_pixels():
    def encode(quality: int, scale: float) -> Encoding:
        """Drawings without loss take more bytes when they are made smaller, until they are tiny."""
        if quality < 97:
            return Encoding(bytes(round(800 * scale**2)), "test")
        return Encoding(bytes(1100 if scale == 1 else 1500 if scale > 0.2 else 950), "test")

    made = fit(encode, 100, 1000, scalable=True)
    assert (made.scale, made.size) == (1.0, 800)
