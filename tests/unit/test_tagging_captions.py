"""Alt texts, from what was found in an image."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgopt.settings import settings as read_settings
from imgopt.tagging.bedrock_tagger import BedrockTagger
from imgopt.tagging.captions import Findings, describe_findings
from imgopt.tagging.color_names import EXAMPLES
from imgopt.tagging.model import ImageTags, TaggingFailed
from imgopt.tagging.offline import OfflineTagger
from imgopt.tagging.quoting import LONGEST_QUOTE, Quotes
from imgopt.tagging.rules import normalize_tags
from imgopt.tagging.service import tagger
from imgopt.tagging.subjects import Subject
from imgopt.tagging.taxonomy import read_classes

CAMERA = Subject("camera", ("electronic device",))
SALE, MENU = Quotes(("FOR SALE",), more=False), Quotes(("Home", "Users"), more=True)
BLUE, MANY = {"dark blue": 0.8, "white": 0.2}, {"red": 0.25, "green": 0.25, "olive": 0.15, "pink": 0.15, "grey": 0.2}


def words(subject=None, quotes=None, shares=MANY, size=(40, 30)) -> ImageTags:
    return describe_findings(Findings(subject, quotes, shares, size))


@pytest.mark.parametrize(
    ("found", "said"),
    [
        ((CAMERA, None, MANY), "Camera"),
        ((CAMERA, None, BLUE), "Camera. Colours: mostly dark blue and white"),
        ((CAMERA, SALE, MANY), "Camera with the text “FOR SALE”"),
        ((CAMERA, MENU, MANY), "Camera with much text, such as “Home” and “Users”"),
        ((None, SALE, BLUE), "Text “FOR SALE”. Colours: mostly dark blue and white"),
        ((None, Quotes(("One", "Two", "Three"), more=False), MANY), "Text “One”, “Two” and “Three”"),
        ((None, MENU, MANY), "Much text, such as “Home” and “Users”"),
        ((None, None, BLUE), "Mostly dark blue and white"),
        ((None, None, {"white": 1.0}), "All white"),
    ],
)
def test_an_alt_text_says_what_was_found(found, said):
    assert words(*found).alt_text == said


def test_uncertain_findings_fail_tagging():
    with pytest.raises(TaggingFailed, match=r"^Nothing could be recognized in this image with certainty\.$"):
        words()


def test_caption_has_its_source_and_language():
    said = words(CAMERA)
    assert (said.source, said.language, said.usage) == ("offline", "en", None)


@pytest.mark.parametrize(
    ("found", "keywords"),
    [
        ((Subject("pug", ("dog", "animal")), SALE, BLUE), ("pug", "for sale", "dog", "animal", "text", "dark blue")),
        ((Subject("pug", ("dog", "animal")), None, MANY), ("pug", "dog", "animal")),
        ((CAMERA, None, MANY), ("camera", "electronic device", "landscape format")),
        ((Subject("umbrella"), None, MANY, (30, 30)), ("umbrella", "square", "red")),
        ((None, None, {"white": 1.0}, (30, 40)), ("white", "all white", "portrait format")),
        ((None, Quotes(("a sentence of many words",), more=False), BLUE), ("text", "dark blue", "white")),
        ((None, Quotes(("TEXT",), more=False), {"white": 0.9}), ("text", "white", "mostly white")),
    ],
)
def test_keywords_go_from_the_subject_to_what_fills_up(found, keywords):
    assert words(*found).keywords[: len(keywords)] == keywords


@pytest.mark.parametrize(
    ("found", "slug"),
    [
        ((CAMERA, SALE, BLUE), "camera-for-sale-dark-blue-white"),
        ((None, None, BLUE), "dark-blue-white"),
        ((None, Quotes(("營業中",), more=False), MANY), "ying-ye-zhong"),
    ],
)
def test_slugs_name_the_same(found, slug):
    assert words(*found).slug == slug


names = st.sampled_from(sorted({*read_classes().names, *(kind.name for kind in read_classes().kinds)}))
subjects = st.none() | st.builds(Subject, names, st.lists(names, max_size=3).map(tuple))
texts = st.lists(st.text("AbcÄ犬 '-.12", min_size=3).filter(str.isalpha), min_size=1, max_size=3).map(tuple)
quotes = st.none() | st.builds(Quotes, texts.filter(lambda each: sum(map(len, each)) <= LONGEST_QUOTE), st.booleans())
shares = st.dictionaries(st.sampled_from(sorted(EXAMPLES)), st.integers(1, 99), min_size=1).map(
    lambda parts: {name: part / sum(parts.values()) for name, part in parts.items()}
)


@settings(max_examples=100, deadline=None)
@given(subjects, quotes, shares, st.tuples(st.integers(1, 2000), st.integers(1, 2000)))
def test_captions_of_any_findings_keep_the_rules_and_quote_whole_texts(subject, quoted, colors, size):
    try:
        said = describe_findings(Findings(subject, quoted, colors, size))
    except TaggingFailed as error:
        assert type(error) is TaggingFailed
        return
    assert normalize_tags(said) == said
    assert len(said.keywords) >= 3
    assert re.findall("“(.*?)”", said.alt_text) == (list(quoted.texts) if quoted else [])


def test_the_settings_choose_who_says_words(environment, monkeypatch):
    assert isinstance(tagger(), BedrockTagger)
    monkeypatch.setenv("IMGOPT_TAGGER", "offline")
    read_settings.cache_clear()
    assert tagger() == OfflineTagger()
