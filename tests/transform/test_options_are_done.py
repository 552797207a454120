"""Each option of an image URL changes the image."""

from dataclasses import fields, replace

import pytest
import pyvips
from PIL import Image, ImageOps

from imgopt.transform.options import TransformOptions
from imgopt.transform.variant import Output, TransformLimits, Variant
from imgopt.transform.variant_maker import make_variant
from tests import pictures
from tests.image_urls.changes import CHANGES
from tests.image_urls.url_requests import ask

COPYRIGHT = 0x8298
# What is decided before pixels are: tests/variants/test_formats.py, tests/variants/test_enlarging.py.
PLANNED = {"format", "target", "upscale"}


def signed() -> bytes:
    exif = Image.Exif()
    exif[COPYRIGHT] = "(c) nobody"
    return pictures.jpeg(exif=exif)


def bright() -> bytes:
    """A picture with a gain map, by libultrahdr."""
    light = pyvips.Image.black(96, 64, bands=3) + 4.0
    return bytes(light.cast("float").copy(interpretation="scrgb").uhdrsave_buffer(Q=95))


SOURCES = {
    "photo": pictures.jpeg,
    "framed": lambda: pictures.encode(ImageOps.expand(pictures.draw(), 6, "white"), "PNG"),
    "turned": lambda: pictures.upright(pictures.draw(), 6),
    "clear": lambda: pictures.encode(Image.new("RGBA", (32, 32), (255, 0, 0, 0)), "PNG"),
    "profiled": lambda: pictures.jpeg(icc_profile=pictures.swapped_profile()),
    "signed": signed,
    "bright": bright,
}


def make(options: str, source: str) -> Variant:
    data = SOURCES[source]()
    mark = pictures.encode(Image.new("RGB", (8, 8), "red"), "PNG")
    asked = ask(options).transform
    return make_variant(data, pictures.header(data), asked, Output("jpg"), TransformLimits(), mark)


def test_every_option_has_an_example():
    told = "tests/image_urls/changes.py has an example of each field"
    assert CHANGES.keys() == {each.name for each in fields(TransformOptions)}, told


@pytest.mark.parametrize("name", CHANGES)
def test_example_differs_by_its_option_alone(name):
    change = CHANGES[name]
    before, after = ask(change.before).transform, ask(change.after).transform
    assert before != after == replace(before, **{name: getattr(after, name)})


@pytest.mark.parametrize("name", sorted(CHANGES.keys() - PLANNED))
def test_option_changes_what_is_made(name):
    change = CHANGES[name]
    before, after = (make(options, change.source) for options in (change.before, change.after))
    assert before != after, f"{change.after} makes the same as {change.before or 'nothing'}"
