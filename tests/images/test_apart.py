"""A job in a separate process has the same result as in this process, and its answer is checked."""

import json
from io import BytesIO

import pytest
from PIL import Image

from imgopt.codecs.capabilities import Loss
from imgopt.codecs.formats import decode_animation
from imgopt.codecs.header import read_header
from imgopt.credits.budgets import budget_for_pixels, budget_for_tagging
from imgopt.errors import InvalidImage, TooCostly
from imgopt.imaging import optimize, sandboxed
from imgopt.imaging.options import ProcessingSettings
from imgopt.imaging.steps.decode import Decoded, decode
from imgopt.imaging.tagging_input import view, view_sandboxed
from imgopt.imaging.upscale_input import read_sandboxed
from imgopt.sandbox import budget, forking
from imgopt.sandbox.budget import Budget
from imgopt.settings import settings as service
from tests import inputs, pictures
from tests.png_files import cicp, gama, png_of

NAMES = ["jpg", "png", "webp", "avif", "gif", "gif animated", "heic", "tiff", "svg", "ico", "bmp"]
LARGE = Budget(60, 1 << 31)
# A network sees no drawings: these are drawn larger.
STILL = [name for name in inputs.MAKERS if name != "svg"]


@pytest.fixture
def decoding_here(monkeypatch):
    """HEIC, TIFF and SVG are read by this process, as by one that works for a single job."""
    monkeypatch.setattr(budget, "is_begun", lambda: True)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("settings", [{}, {"output_format": "webp", "output_width": 20}], ids=str)
def test_a_process_of_its_own_makes_the_same(name, settings, decoding_here):
    data, options = inputs.data_of(name), ProcessingSettings(**settings)
    header = read_header(BytesIO(data), pictures.LIMITS)
    made = sandboxed.optimize_sandboxed(data, header, options, budget_for_pixels(header, options))
    assert made == [optimize.optimize(data, header, options, service().least_saving)]


@pytest.mark.parametrize("chunk", [gama(1.0), cicp(9, 16)], ids=["linear", "hdr"])
def test_a_process_of_its_own_reads_16_bits(chunk):
    data, options = png_of([(30_000, 20_000, 10_000)] * 50, [chunk], bits=16), ProcessingSettings(output_width=40)
    header = read_header(BytesIO(data), pictures.LIMITS)
    made = sandboxed.optimize_sandboxed(data, header, options, budget_for_pixels(header, options))
    assert made == [optimize.optimize(data, header, options)]


def test_a_picture_of_more_than_a_hundred_megabytes_is_read_though_no_file_can_be_written():
    data = pictures.encode(Image.new("RGB", (6000, 6000), "teal"), "WEBP", lossless=True, quality=0, method=0)
    header, options = (
        read_header(BytesIO(data), pictures.LIMITS),
        ProcessingSettings(output_width=10, output_format="png"),
    )
    made, *_ = sandboxed.optimize_sandboxed(data, header, options, budget_for_pixels(header, options))
    assert made.artifact.width == 10


@pytest.mark.parametrize("name", ["jpg", "heic", "svg"])
def test_a_picture_to_be_described_is_the_same(name, decoding_here):
    data = inputs.data_of(name)
    header = read_header(BytesIO(data), pictures.LIMITS)
    seen, expected = view_sandboxed(data, header, budget_for_tagging(header)), view(data, header)
    assert (seen.mode, seen.size, seen.tobytes()) == (expected.mode, expected.size, expected.tobytes())


@pytest.mark.parametrize("name", STILL)
def test_a_still_picture_for_a_network_is_the_same(name, decoding_here):
    data, options = inputs.data_of(name), ProcessingSettings(output_format="jpg", keep_metadata="all")
    header = read_header(BytesIO(data), pictures.LIMITS)
    read, expected = (
        (each.image.mode, each.image.size, each.image.tobytes(), each.metadata)
        for each in (
            read_sandboxed(data, header, options, LARGE)[0],
            decode(data, header.format, options.keep_metadata),
        )
    )
    assert read == expected


@pytest.mark.parametrize("name", [name for name in inputs.MAKERS if "animated" in name])
def test_a_moving_picture_for_a_network_is_the_same(name):
    data, options = inputs.data_of(name), ProcessingSettings(output_format="webp", keep_animation=True)
    header = read_header(BytesIO(data), pictures.LIMITS)
    read, expected = read_sandboxed(data, header, options, LARGE)[0], decode_animation(data, header.format)
    assert (read.durations, read.plays) == (expected.durations, expected.plays)
    assert [frame.tobytes() for frame in read.frames] == [frame.tobytes() for frame in expected.frames]


@pytest.mark.parametrize(("quality", "loss"), [(None, Loss.NONE), (90, Loss.LIGHT), (50, Loss.HEAVY)])
def test_a_network_is_told_what_the_coding_of_a_picture_has_cost(quality, loss):
    data = pictures.jpeg(quality=quality) if quality else pictures.png()
    assert read_sandboxed(data, pictures.header(data), ProcessingSettings(), LARGE)[1] is loss


# The change, and how many bytes follow: a byte of EXIF before the pixels.
LIES = (
    ({"mode": "CMYK"}, 1 + 8 * 8 * 4),
    ({"width": 9}, 1 + 8 * 8 * 3),
    ({"width": 9}, 1 + 9 * 8 * 3),
    ({"durations": []}, 1),
    ({"durations": [0, 0]}, 1 + 2 * 8 * 8 * 3),
    ({"exif": -1, "xmp": 2}, 1 + 8 * 8 * 3),
    ({"plays": "often"}, 1 + 8 * 8 * 3),
    ({"loss": "untold"}, 1 + 8 * 8 * 3),
)


@pytest.fixture
def reading(monkeypatch):
    """Returns a function that reads a child's answer: an image of 8 x 8 pixels, with a number of bytes after it."""
    data = pictures.encode(pictures.draw(size=(8, 8)), "PNG")
    header = read_header(BytesIO(data), pictures.LIMITS)

    def read(change: dict, size: int) -> Decoded:
        said = {"mode": "RGB", "width": 8, "height": 8, "loss": "none", "durations": [0], "exif": 1, "xmp": 0, **change}
        monkeypatch.setattr(forking, "call_forked", lambda *_, **__: json.dumps(said).encode() + b"\n" + bytes(size))
        return read_sandboxed(data, header, ProcessingSettings(), LARGE)[0]

    return read


@pytest.mark.parametrize(("lie", "size"), LIES)
def test_no_more_pixels_reach_a_network_than_are_paid_for(reading, lie, size):
    assert reading({}, 1 + 8 * 8 * 3).image.size == (8, 8)
    with pytest.raises(InvalidImage):
        reading(lie, size)


def test_a_damaged_file_is_refused_with_the_reason():
    data = pictures.png()
    header = read_header(BytesIO(data), pictures.LIMITS)
    with pytest.raises(InvalidImage, match="The PNG file is damaged"):
        sandboxed.optimize_sandboxed(data[:-40], header, ProcessingSettings(), LARGE)


def test_a_job_that_takes_more_than_is_paid_for_says_so():
    data = pictures.png()
    header = read_header(BytesIO(data), pictures.LIMITS)
    with pytest.raises(TooCostly, match="more memory than a job may use"):
        sandboxed.optimize_sandboxed(
            data, header, ProcessingSettings(output_width=8000, output_height=8000), Budget(20, 1 << 20)
        )


@pytest.mark.parametrize("change", [{"format": "svg"}, {"width": "many"}, {"frames": None}, {"encoder": 1}], ids=str)
def test_answers_of_a_child_process_are_checked(monkeypatch, change):
    said = {"format": "png", "width": 1, "height": 1, "encoder": "x", "quality": None, "data": ""}
    monkeypatch.setattr(forking, "call_forked", lambda *_, **__: json.dumps(said | change).encode() + b"\nbytes")
    data = pictures.png()
    header = read_header(BytesIO(data), pictures.LIMITS)
    with pytest.raises(InvalidImage):
        sandboxed.optimize_sandboxed(data, header, ProcessingSettings(), LARGE)
