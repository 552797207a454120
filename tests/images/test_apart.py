"""A job in a process of its own makes what it makes in this one, and what comes back of it is not believed."""

import json
from io import BytesIO

import pytest

from imgopt import forking
from imgopt.budget import Budget
from imgopt.codecs.header import read_header
from imgopt.errors import InvalidImage, TooCostly
from imgopt.pipeline import apart, optimize
from imgopt.pipeline.options import ProcessingSettings
from imgopt.pipeline.viewing import view, view_apart
from tests import inputs, pictures

NAMES = ["jpg", "png", "webp", "avif", "gif", "gif animated", "heic", "tiff", "svg", "ico", "bmp"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("settings", [{}, {"output_format": "webp", "output_width": 20}], ids=str)
def test_a_process_of_its_own_makes_the_same(name, settings):
    data, options = inputs.data_of(name), ProcessingSettings(**settings)
    header = read_header(BytesIO(data), pictures.LIMITS)
    assert apart.optimize(data, header, options) == optimize.optimize(data, header, options)


@pytest.mark.parametrize("name", ["jpg", "heic", "svg"])
def test_a_picture_to_be_described_is_the_same(name):
    data = inputs.data_of(name)
    header = read_header(BytesIO(data), pictures.LIMITS)
    seen, expected = view_apart(data, header), view(data, header)
    assert (seen.mode, seen.size, seen.tobytes()) == (expected.mode, expected.size, expected.tobytes())


def test_a_damaged_file_is_refused_with_the_reason():
    data = pictures.png()
    header = read_header(BytesIO(data), pictures.LIMITS)
    with pytest.raises(InvalidImage, match="The PNG file is damaged"):
        apart.optimize(data[:-40], header, ProcessingSettings())


def test_a_job_that_takes_more_than_is_paid_for_says_so(monkeypatch):
    data = pictures.png()
    header = read_header(BytesIO(data), pictures.LIMITS)
    monkeypatch.setattr(apart, "budget_for_pixels", lambda *_: Budget(20, 1 << 20))
    with pytest.raises(TooCostly, match="more memory than a job may have"):
        apart.optimize(data, header, ProcessingSettings(output_width=8000, output_height=8000))


@pytest.mark.parametrize("change", [{"format": "svg"}, {"width": "many"}, {"frames": None}, {"encoder": 1}], ids=str)
def test_what_a_child_says_of_itself_is_checked(monkeypatch, change):
    said = {"format": "png", "width": 1, "height": 1, "encoder": "x", "quality": None, "data": ""}
    monkeypatch.setattr(forking, "call", lambda *_, **__: json.dumps(said | change).encode() + b"\nbytes")
    data = pictures.png()
    header = read_header(BytesIO(data), pictures.LIMITS)
    with pytest.raises(InvalidImage):
        apart.optimize(data, header, ProcessingSettings())
