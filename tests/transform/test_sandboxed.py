"""Variants made in confined processes: equal to those made without, and with checked answers."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from imgopt.errors import InvalidImage, InvalidRequest, TooCostly
from imgopt.sandbox.pool import Pool
from imgopt.transform import sandboxed
from imgopt.transform.description import describe
from imgopt.transform.options import Crop, Gravity, GravityType, TransformOptions, Watermark
from imgopt.transform.sandboxed import describe_sandboxed, make_variant_sandboxed
from imgopt.transform.variant import Output, TransformLimits
from imgopt.transform.variant_maker import make_variant
from tests import inputs, pictures

LIMITS = TransformLimits(seconds=60)
PLAIN = TransformOptions()


@pytest.fixture(autouse=True)
def workers(monkeypatch: pytest.MonkeyPatch):
    made = Pool(2)
    monkeypatch.setattr(sandboxed, "VARIANT_MAKERS", made)
    yield made
    made.close()


@pytest.mark.parametrize("name", ["jpg", "png alpha", "heic", "tiff", "svg", "gif animated"])
def test_variant_is_the_one_that_is_made_without_a_process(name):
    data = inputs.data_of(name)
    header, options = pictures.header(data), TransformOptions(width=20, crop=Crop(30, 0, Gravity(GravityType.WEST)))
    made = make_variant_sandboxed(data, header, options, Output("webp", quality=70), LIMITS)
    assert made == make_variant(data, header, options, Output("webp", quality=70), LIMITS)


def test_watermark_comes_along():
    options = TransformOptions(watermark=Watermark(1.0))
    mark = pictures.encode(pictures.draw().resize((4, 4)), "PNG")
    args = (pictures.png(), pictures.header(pictures.png()), options, Output("png"), LIMITS, mark)
    assert make_variant_sandboxed(*args) == make_variant(*args)


def test_damaged_source_harms_no_other():
    good, header = pictures.png(), pictures.header(pictures.png())
    bad = good[: len(good) // 2]
    expected = make_variant(good, header, PLAIN, Output("png"), LIMITS)

    def make(data: bytes) -> object:
        try:
            return make_variant_sandboxed(data, header, PLAIN, Output("png"), LIMITS)
        except InvalidImage:
            return None

    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(make, [good, bad] * 10))
    assert made == [expected, None] * 10


def test_public_errors_come_back():
    with pytest.raises(InvalidRequest, match="can't be written"):
        make_variant_sandboxed(pictures.png(), pictures.header(pictures.png()), PLAIN, Output("bmp"), LIMITS)


def test_time_is_limited():
    data = pictures.encode(pictures.draw().resize((1500, 1500)), "PNG")
    limits = replace(LIMITS, seconds=0.05)
    with pytest.raises(TooCostly):
        make_variant_sandboxed(data, pictures.header(data), TransformOptions(blur=50), Output("avif"), limits)


def test_description_is_the_one_that_is_made_without_a_process():
    data = pictures.jpeg()
    header = pictures.header(data)
    assert describe_sandboxed(data, header, LIMITS) == describe(data, header, LIMITS)


TOLD = {"format": "png", "width": 48, "height": 32, "quality": None, "score": None, "warnings": []}


def answers(monkeypatch: pytest.MonkeyPatch, answer: bytes) -> None:
    """Sets the answers of a process that was compromised."""
    monkeypatch.setattr(Pool, "call", lambda *_, **__: answer)


@pytest.mark.parametrize(
    ("told", "data"),
    [
        ({"format": "svg"}, b"<svg xmlns='http://www.w3.org/2000/svg'/>"),
        ({}, b"<html><script>steal()</script>"),
        ({"width": 0}, pictures.png()),
        ({"width": "48"}, pictures.png()),
        ({"score": 1000.0}, pictures.png()),
        ({"warnings": ["x" * 5000]}, pictures.png()),
        ({"more": 1}, pictures.png()),
    ],
)
def test_answer_that_can_not_be_is_refused(told, data, monkeypatch):
    answers(monkeypatch, json.dumps(TOLD | told).encode() + b"\n" + data)
    with pytest.raises(InvalidImage):
        make_variant_sandboxed(pictures.png(), pictures.header(pictures.png()), PLAIN, Output("png"), LIMITS)


def test_size_of_the_source_is_not_what_the_process_says(monkeypatch):
    answers(monkeypatch, json.dumps(TOLD).encode() + b"\n" + pictures.png())
    made = make_variant_sandboxed(pictures.png(), pictures.header(pictures.png()), PLAIN, Output("png"), LIMITS)
    assert (made.source_width, made.source_height) == (48, 32)
