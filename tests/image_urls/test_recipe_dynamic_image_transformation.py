"""docs/recipes/dynamic-image-transformation/addresses.py: the conversion of edits to options."""

import importlib.util
import re
from pathlib import Path

import pytest

from imgopt.image_urls.parsing import parse
from imgopt.image_urls.signatures import sign
from tests.image_urls.url_requests import PAIR, rules

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"
PAGE = (RECIPES / "dynamic-image-transformation.md").read_text()
SOURCE = "s3://media/2026/a%20b%3F.jpg"
TRANSLATED = [
    ({}, ""),
    ({"resize": {"width": 300, "height": 200}}, "rs:fill:300:200:1"),
    ({"resize": {"width": 300, "height": 200, "position": "left top"}}, "rs:fill:300:200:1/g:nowe"),
    ({"resize": {"width": 300, "height": 200, "fit": "cover", "position": "attention"}}, "rs:fill:300:200:1/g:sm"),
    ({"resize": {"width": 300, "height": 200, "fit": "contain"}}, "rs:fit:300:200:1/ex:1/bg:0:0:0"),
    ({"resize": {"width": 300, "height": 200, "fit": "fill"}}, "rs:force:300:200:1"),
    ({"resize": {"width": 300, "height": 200, "fit": "inside", "withoutEnlargement": True}}, "rs:fit:300:200:0"),
    ({"resize": {"width": 300, "height": None, "fit": "cover"}}, "rs:fit:300:0:1"),
    ({"extract": {"left": 1, "top": 2, "width": 3, "height": 4}}, "c:3:4:nowe:1:2"),
    ({"extend": {"top": 1, "left": 2, "background": "#fc0"}}, "pd:1:0:0:2/bg:fc0"),
    ({"rotate": None}, ""),
    ({"rotate": -90, "flip": True}, "rot:270/fl:1:0"),
    ({"flip": True, "flop": True}, "fl:1:1"),
    ({"flop": True, "grayscale": False}, "fl:1:0"),
    ({"blur": 2.5, "sharpen": {"sigma": 1}}, "bl:2.5/sh:1"),
    ({"flatten": {"background": {"r": 1, "g": 2, "b": 3, "alpha": 1}}}, "bg:1:2:3"),
    ({"trim": {"threshold": 20}}, "t:20"),
    ({"jpeg": {"quality": 70, "mozjpeg": True}, "webp": {"quality": 60}}, "fq:jpg:70/fq:webp:60"),
]
REFUSED = [
    ({"smartCrop": {"faceIndex": 0}, "grayscale": True}, "grayscale, smartCrop"),
    ({"overlayWith": {"bucket": "b", "key": "logo.png"}}, "overlayWith"),
    ({"resize": {"width": 300, "fit": "outside"}}, "resize.fit outside"),
    ({"resize": {"width": 300, "kernel": "nearest"}}, "resize.kernel"),
    ({"resize": {"width": 300, "height": 9, "position": "somewhere"}}, "resize.position somewhere"),
    ({"resize": {"width": 300}, "extract": {"left": 0}}, "extract after resize"),
    ({"resize": {"width": 300}, "rotate": 90}, "rotate after resize"),
    ({"rotate": 45}, "rotate by 45"),
    ({"blur": True}, "blur without a sigma alone"),
    ({"flatten": {"background": "tomato"}}, "the background tomato"),
    ({"toFormat": "heif"}, "the format heif"),
]


def load_script():
    path = RECIPES / "dynamic-image-transformation" / "addresses.py"
    spec = importlib.util.spec_from_file_location("image_transformation_addresses", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()


def request_of(edits: dict, **more: str) -> dict:
    return {"bucket": "media", "key": "2026/a b?.jpg", "edits": edits, **more}


@pytest.mark.parametrize(("edits", "options"), TRANSLATED)
def test_edits_become_options(edits, options):
    path = script.translate(request_of(edits, outputFormat="jpeg"))
    assert path.rpartition("/")[0] == "/".join(["", options]).rstrip("/")
    asked = parse(f"/{sign(path, PAIR.key, PAIR.salt)}{path}", rules())
    assert (asked.source, asked.transform.format) == (SOURCE, "jpg")


@pytest.mark.parametrize(("edits", "told"), REFUSED)
def test_edits_without_a_counterpart_are_named(edits, told):
    with pytest.raises(script.NotAvailable) as refused:
        script.translate(request_of(edits))
    assert str(refused.value) == told


def test_page_has_every_edit_that_is_translated():
    assert set(re.findall(r"`(\w+)`", PAGE.partition("| edit |")[2])) >= script.EDITS.keys()
