"""The search for a size limit on a sample of a large image: its result, and the number of whole encodings."""

import pytest
from PIL import Image

from imgopt.codecs.shared.encoding import Encoding
from imgopt.imaging.steps.compress import LEAST_QUALITY, LOWEST_QUALITY, LOWEST_SCALE, Attempts, Compressed, fit
from imgopt.imaging.steps.preview import LEAST_PIXELS, MOST_WHOLE, Preview, fit_by_preview, sample_of
from imgopt.sandbox.budget import Budget, Meter

SHARE = 50


class Encoder:
    """Sizes grow exponentially with quality and with the square of the scale, for the whole and its sample.

    The sample is off by a factor. Each encoding of the whole takes a second by a clock of its own.
    """

    def __init__(self, off: float = 1.0) -> None:
        self.off, self.calls, self.now = off, [], 0.0

    def __call__(self, quality: int, scale: float) -> Encoding:
        self.calls.append((quality, scale))
        self.now += scale**2
        return Encoding(bytes(size(quality, scale)), "test")

    def preview(self) -> Preview:
        return Preview(lambda quality, scale: round(size(quality, scale) * self.off / SHARE), SHARE)

    def fit(self, limit: int, *, scalable: bool = True, seconds: float = 1e9) -> Compressed:
        attempts = Attempts(self, Meter(Budget(seconds, 1), lambda: self.now))
        return fit_by_preview(attempts, self.preview(), 80, limit, scalable=scalable)


def size(quality: int, scale: float = 1.0) -> int:
    return round(10_000 * 1.05**quality * scale**2)


@pytest.mark.parametrize("off", [0.6, 0.9, 1.0, 1.1, 1.6])
@pytest.mark.parametrize("quality", range(LOWEST_QUALITY + 2, 80, 9))
def test_the_quality_found_is_the_one_a_search_on_the_whole_finds(quality, off):
    encode, limit = Encoder(off), size(quality)
    found = encode.fit(limit)
    assert found.size <= limit
    assert abs(found.quality - fit(Encoder(), 80, limit, scalable=True).quality) <= 1
    assert len(encode.calls) <= MOST_WHOLE


def test_representative_sample_needs_two_encodings():
    encode = Encoder()
    encode.fit(size(50) + 10)
    assert len(encode.calls) <= 2


def test_encoding_that_fits_at_the_requested_quality_is_kept():
    encode = Encoder(off=1.2)
    assert encode.fit(size(80)).quality == 80
    assert encode.calls == [(80, 1.0)]


@pytest.mark.parametrize("limit", [2000, 5000, 15_000])
def test_a_limit_far_below_needs_no_encoding_in_full_size(limit):
    encode = Encoder()
    found = encode.fit(limit)
    assert 0.6 * limit < found.size <= limit
    assert all(scale < 1 for _, scale in encode.calls)
    assert len(encode.calls) <= 2


def test_a_limit_of_one_byte_costs_one_small_encoding():
    encode = Encoder()
    assert encode.fit(1).scale == LOWEST_SCALE
    assert encode.calls == [(LOWEST_QUALITY, LOWEST_SCALE)]


def test_a_size_that_was_asked_for_is_kept():
    encode = Encoder()
    found = encode.fit(500, scalable=False)
    assert (found.quality, found.scale) == (LEAST_QUALITY, 1)
    assert len(encode.calls) == 1


def test_a_search_stops_when_the_budget_does_not_allow_another_encoding():
    encode = Encoder(off=0.5)
    found = encode.fit(size(50), seconds=2.2)
    assert found.stopped
    assert len(encode.calls) == 1


def test_a_search_on_the_whole_stops_as_well():
    encode = Encoder()
    found = fit(encode, 80, size(50), scalable=True, meter=Meter(Budget(2.4, 1), lambda: encode.now))
    assert found.stopped
    assert found.quality == LOWEST_QUALITY
    assert encode.now <= 2


def test_a_sample_shows_all_of_an_image_in_its_own_resolution():
    image = Image.effect_noise((3000, 2000), 20)
    image.paste(255, (0, 0, 3000, 500))
    sample = sample_of(image)
    assert sample is not None
    assert sample.width * sample.height < LEAST_PIXELS / 4
    white = sample.histogram()[255] / (sample.width * sample.height)
    assert 0.15 < white < 0.35


@pytest.mark.parametrize("size", [(100, 50_000), (50_000, 100), (2000, 2000)])
def test_a_sample_of_any_shape_is_smaller(size):
    sample = sample_of(Image.new("RGB", size))
    assert sample is not None
    assert 0 < sample.width * sample.height < LEAST_PIXELS / 4


def test_small_images_have_no_sample():
    assert sample_of(Image.new("RGB", (1999, 2000))) is None


@pytest.mark.parametrize("limit", [36_000, 60_000, 90_000])
def test_limit_is_filled_by_fewer_pixels_where_bytes_jump_from_one_quality_to_the_next(limit):
    def bytes_of(quality: int, scale: float) -> int:
        return round((100_000 if quality >= 75 + 20 * (1 - scale) else 30_000) * scale**2)

    attempts = Attempts(lambda quality, scale: Encoding(bytes(bytes_of(quality, scale)), "test"))
    preview = Preview(lambda quality, scale: bytes_of(quality, scale) // SHARE, SHARE)
    found = fit_by_preview(attempts, preview, 80, limit, scalable=True)
    assert 0.85 * limit <= found.size <= limit


def test_limit_is_filled_where_bytes_jump_just_below_the_full_scale():
    def jumping(quality: int, scale: float) -> int:
        if quality < 70:
            return 3000
        return round((10_000 if scale == 1 else 7800) * scale**2)

    made = fit_by_preview(
        Attempts(lambda quality, scale: Encoding(bytes(jumping(quality, scale)), "test")),
        Preview(jumping, 1),
        80,
        9000,
        scalable=True,
    )
    assert 0.8 * 9000 <= made.size <= 9000


@pytest.mark.parametrize("share", [0.05, 0.1, 0.2, 0.5, 0.75, 0.9])
def test_limit_is_filled_where_the_best_quality_keeps_more_bits_than_the_sample(share):
    def in_bytes(quality: int, scale: float) -> int:
        return round(40_000 * 1.02 ** (quality - 96) * scale**2)

    def encode(quality: int, scale: float) -> Encoding:
        noise = 110_000 if scale < 1 else 100_000  # pixels between those of the source use all bits
        return Encoding(bytes(round(noise * scale**2) if quality > 96 else in_bytes(quality, scale)), "test")

    limit = round(100_000 * share)
    found = fit_by_preview(Attempts(encode), Preview(in_bytes, 1.0), 100, limit, scalable=True)
    assert 0.85 * limit <= found.size <= limit
