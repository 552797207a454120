"""Tags by small networks on this machine: for samples, for drawn text, and for empty images."""

import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import fontpkg_arimo
import numpy
import pytest
from PIL import Image, ImageDraw, ImageFont

from imgopt.codecs.shared.color import normalize
from imgopt.errors import NotConfigured
from imgopt.networks import path_of
from imgopt.settings import settings
from imgopt.tagging import classifier, ocr, scenes, service
from imgopt.tagging.model import Briefing, TaggingFailed
from imgopt.tagging.offline import OfflineTagger
from imgopt.tagging.subjects import Subject
from tests import pictures

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
FONT = Path(fontpkg_arimo.ROOT, "files", "Arimo[wght].ttf")


@pytest.fixture(autouse=True)
def installed(request):
    if "missing" not in request.node.name and not all(path_of(each.name).exists() for each in classifier.CLASSIFIERS):
        pytest.skip("a classifier is not in the cache; `python -m gpu_container.models` fetches it from PyPI")


def tag(image, language="en", context=""):
    return OfflineTagger().tag(image, Briefing(language, context))


def sample(name):
    return normalize(pictures.open_image((SAMPLES / name).read_bytes()))


def sign(text, ground="#10285a", ink="white", letters=36):
    image = Image.new("RGB" if isinstance(ground, str) else "RGBA", (320, 200), ground)
    font = ImageFont.truetype(str(FONT), letters)
    ImageDraw.Draw(image).multiline_text((160, 100), text, ink, font, "mm", align="center")
    return image


def confetti():
    """Squares of colours by chance, large enough not to average out."""
    colors = numpy.random.default_rng(3).integers(0, 256, (24, 32, 3), numpy.uint8)
    return Image.fromarray(colors).resize((320, 240), Image.Resampling.NEAREST)


def test_a_landscape_is_told_as_one():
    words = tag(sample("landscape.jpg"))
    assert words.alt_text.partition(".")[0] == "Mountains"
    assert words.keywords[:2] == ("mountains", "landscape")


def test_a_screenshot_is_told_as_one_with_its_headings():
    words = tag(sample("screenshot.png"))
    assert words.alt_text.startswith("Screenshot with much text, such as “Harbour log”")
    assert words.slug.startswith("screenshot-harbour-log")


def test_text_is_quoted_on_its_ground():
    words = tag(sign("OPEN\n24 HOURS"))
    assert words.alt_text == "Text “OPEN 24 HOURS”. Colours: mostly dark blue"
    assert words.keywords == ("open 24 hours", "text", "dark blue")
    assert words.slug == "open-24-hours-dark-blue"


@pytest.mark.parametrize("text", ["Öffnungszeiten", "Café à emporter", "Dobrý deň"])
def test_text_of_other_languages_is_quoted_as_it_is(text):
    words = tag(sign(text, letters=27))
    assert f"“{text}”" in words.alt_text


@pytest.mark.parametrize("mode", ["L", "LA"])
def test_grey_is_taken_with_and_without_alpha(mode):
    image = sign("TICKETS", "white", "black").convert(mode)
    assert tag(image).alt_text == "Text “TICKETS”. Colours: mostly white"


def test_transparent_grounds_are_white_to_see():
    words = tag(sign("TICKETS", (0, 0, 0, 0), (160, 20, 30, 255)))
    assert words.alt_text.startswith("Text “TICKETS”")


def test_the_language_is_english_whatever_was_asked_for():
    words = tag(sign("EINGANG"), "de")
    assert (words.language, words.alt_text.partition(" ")[0]) == ("en", "Text")
    assert words.warning == "Offline tags are in English, not in de."


@pytest.mark.parametrize(
    ("language", "context", "warning"),
    [
        ("en-GB", "", None),
        ("en", "Doors", "Offline tags ignore output_seo_context."),
        ("enm", "", "Offline tags are in English, not in enm."),
    ],
)
def test_a_warning_tells_what_offline_words_leave_out(language, context, warning):
    assert tag(Image.new("RGB", (8, 8), "navy"), language, context).warning == warning


@pytest.mark.parametrize("size", [(1, 1), (3000, 1), (10, 2400), (88, 31)])
def test_images_of_any_size_are_taken(size):
    assert tag(Image.new("RGB", size, "navy")).alt_text == "All dark blue"


def test_confetti_is_not_described():
    with pytest.raises(TaggingFailed, match="Nothing could be recognized"):
        tag(confetti())


def test_noise_is_described_by_its_colour_alone():
    noise = numpy.random.default_rng(4).integers(0, 256, (400, 500, 3), numpy.uint8)
    assert tag(Image.fromarray(noise)).alt_text == "Mostly grey"


def test_drawings_are_not_taken_for_things(monkeypatch):
    """The network knows photographs, and is sure of too much elsewhere."""
    monkeypatch.setattr(scenes, "find_class", lambda looks: Subject("oscilloscope"))
    plain, photo = sign("SALE", "white", "black"), sample("landscape.jpg").resize((300, 200))
    assert tag(plain).alt_text.startswith("Text “SALE”")
    assert tag(photo).alt_text.startswith("Oscilloscope")


def test_the_image_is_left_as_it_was():
    image = pictures.draw("RGBA", (200, 120))
    before = image.tobytes()
    tag(image)
    assert image.tobytes() == before


def test_threads_get_the_words_of_their_own_image():
    texts = ["ALPHA", "BRAVO"]
    with ThreadPoolExecutor(2) as threads:
        said = list(threads.map(lambda text: tag(sign(text)).alt_text, texts))
    assert said == [f"Text “{text}”. Colours: mostly dark blue" for text in texts]


def test_tagger_prints_nothing(capfd):
    ocr.open_engine.cache_clear()
    tag(sign("QUIET"))
    assert capfd.readouterr() == ("", "")


@pytest.fixture
def closed():
    opened = (classifier.open_classifier, ocr.open_engine)
    for each in opened:
        each.cache_clear()
    yield
    for each in opened:
        each.cache_clear()


def test_a_missing_network_is_said(closed, monkeypatch, tmp_path):
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    settings.cache_clear()
    try:
        with pytest.raises(NotConfigured, match=r"^Tagging is not installed: its networks are missing\.$"):
            tag(sign("TEXT"))
    finally:
        settings.cache_clear()


def test_networks_may_be_opened_before_the_first_image(closed, monkeypatch):
    open_networks("offline", monkeypatch)
    assert classifier.open_classifier.cache_info().currsize == len(classifier.CLASSIFIERS)
    assert ocr.open_engine.cache_info().currsize == 1


def test_networks_stay_closed_where_others_tag(closed, monkeypatch):
    open_networks("bedrock", monkeypatch)
    assert ocr.open_engine.cache_info().currsize == 0


def test_a_missing_network_is_no_error_before_the_first_image(closed, monkeypatch, tmp_path):
    monkeypatch.setenv("IMGOPT_MODELS_FOLDER", str(tmp_path))
    open_networks("offline", monkeypatch)


def open_networks(tagger, monkeypatch):
    monkeypatch.setenv("IMGOPT_TAGGER", tagger)
    settings.cache_clear()
    try:
        service.open_networks()
    finally:
        settings.cache_clear()


@pytest.mark.parametrize(
    ("library", "opening"),
    [("onnxruntime", lambda: classifier.open_classifier("efficientnet-lite2")), ("rapidocr", ocr.open_engine)],
)
def test_a_missing_library_is_said(closed, monkeypatch, library, opening):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(NotConfigured, match="not installed"):
        opening()


def test_networks_missing_from_a_package_are_said(closed, monkeypatch):
    monkeypatch.setattr(ocr, "READER", "another.onnx")
    with pytest.raises(NotConfigured, match="not installed"):
        ocr.open_engine()
