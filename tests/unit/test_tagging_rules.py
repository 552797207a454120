"""Tags of every tagger are normalized."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imgopt.tagging.model import ImageTags, MalformedOutput, TaggingFailed
from imgopt.tagging.rules import normalize_tags
from imgopt.tagging.slugs import number_slug

KEYWORDS = ("dog", "beach", "sand")


def right(alt_text="A dog on a beach", keywords=KEYWORDS, slug="dog-on-beach", language="en") -> ImageTags:
    return normalize_tags(ImageTags(alt_text, tuple(keywords), slug, "test", language))


def test_valid_words_stay_as_they_are():
    assert right() == ImageTags("A dog on a beach", KEYWORDS, "dog-on-beach", "test", "en")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Image of a dog", "A dog"),
        ("an image of two dogs", "Two dogs"),
        ("A picture of a dog", "A dog"),
        ("PHOTO OF A DOG", "A DOG"),
        ("The photograph shows a dog", "A dog"),
        ("This is a photo of a dog", "A dog"),
        ("Here\u2019s a picture showing a dog", "A dog"),
        ("Image: a dog", "A dog"),
        ("Image of a photo of a dog", "A dog"),
        ("Photo d'un chien", "Un chien"),
        ("Imagen de un perro", "Un perro"),
        ("Foto di un cane", "Un cane"),
        ("  A \t dog\x00 on\r\na beach\u202e ", "A dog on a beach"),
        ("iPhone on a desk", "iPhone on a desk"),
        ("Photo office with two desks", "Photo office with two desks"),
        ("Image offset by a dog", "Image offset by a dog"),
        ("Black and white photo of a dog", "Black and white photo of a dog"),
        ("Ein Hund", "Ein Hund"),
        ("Cafe\u0301", "Café"),
    ],
)
def test_an_alt_text_says_what_is_seen(said, kept):
    assert right(said).alt_text == kept


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("word " * 30, ("word " * 25)[:124]),
        ("a" * 125, "a" * 125),
        ("a" * 126, "a" * 125),
        ("x" + "犬" * 200, "x" + "犬" * 124),
        ("x" * 120 + ", " + "y" * 20, "x" * 120),
        ("x" * 125 + " y", "x" * 125),
    ],
)
def test_an_alt_text_is_cut_at_a_word(said, kept):
    assert right(said).alt_text == kept


@pytest.mark.parametrize("said", ["", " \n", "...", "Image of", "(" * 200 + "a"])
def test_no_alt_text_is_garbled(said):
    with pytest.raises(MalformedOutput):
        right(said)


@pytest.mark.parametrize(
    "said", ["I'm sorry, but I can't help.", "I cannot describe it", "Sorry, I can\u2019t", "As an AI model, I"]
)
def test_an_excuse_is_a_refusal(said):
    with pytest.raises(TaggingFailed) as caught:
        right(said)
    assert not isinstance(caught.value, MalformedOutput)


def test_a_sign_that_says_sorry_is_none():
    assert right("Sorry, we're closed: a sign on a door").alt_text.startswith("Sorry")


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ([" Dog ", "#beach", '"Sand."'], ("dog", "beach", "sand")),
        (["dog", "DOG", "Beach", "sand", "beach"], ("dog", "beach", "sand")),
        (["dog, beach; sand"], ("dog", "beach", "sand")),
        (["犬、海、砂"], ("犬", "海", "砂")),
        (["dog", "", "-", "beach", "sand"], ("dog", "beach", "sand")),
        ([str(n) for n in range(12)], tuple(str(n) for n in range(10))),
        (["a" * 30 + " " + "b" * 20, "dog", "sand"], ("a" * 30, "dog", "sand")),
        (["a" * 50, "dog", "sand"], ("a" * 40, "dog", "sand")),
        (["dog"], ("dog", "beach", "waves")),
    ],
)
def test_keywords_are_few_short_and_each_once(said, kept):
    assert right("A dog on a beach with waves", keywords=said).keywords == kept


def test_output_with_too_few_words_is_malformed():
    with pytest.raises(MalformedOutput):
        right("A dog", keywords=["dog"])


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Dog on Beach.JPG", "dog-on-beach"),
        ("dog_on__beach--", "dog-on-beach"),
        ("../../etc/passwd", "etc-passwd"),
        ("Crème brûlée à l'orange", "creme-brulee-a-lorange"),
        ("smørrebrød & żółw", "smorrebrod-zolw"),
        ("Собака на пляже", "sobaka-na-plyazhe"),
        ("Щука и ёж", "shchuka-i-ezh"),
        ("Σκύλος στην παραλία", "skylos-stin-paralia"),
        ("", "a-dog-on-a-beach"),
        ("東京 2024", "dong-jing-2024"),
        ("狗在海滩上", "gou-zai-hai-tan-shang"),
        ("犬が海辺にいる", "quan-ga-hai-bian-niiru"),
        ("해변의 개", "haebyeonui-gae"),
        ("كلب على الشاطئ", "klb-la-lshti"),
        ("कुत्ता", "kutta"),
        ("สุนัข", "sunakh"),
        ("🎉 5 €", "a-dog-on-a-beach"),
        ("word-" * 20, ("word-" * 12)[:-1]),
        ("a" * 70, "a" * 60),
    ],
)
def test_a_slug_is_ascii_words(said, kept):
    assert right(slug=said).slug == kept


def test_umlauts_are_written_as_in_their_language():
    assert right(slug="Über süße Mädchen", language="de-AT").slug == "ueber-suesse-maedchen"
    assert right(slug="pingüino", language="es").slug == "pinguino"


def test_a_slug_is_never_empty():
    assert right("5 €", ["1", "2", "3"], "🎉").slug == "image"


@pytest.mark.parametrize("slug", ["dog", "word-" * 11 + "words", "a" * 60])
def test_a_slug_can_have_a_number(slug):
    assert number_slug(slug, 1) == slug
    for number in (2, 45):
        name = number_slug(slug, number)
        assert name.endswith(f"-{number}")
        assert len(name) <= 60
        assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name)


def test_a_letter_whose_capital_is_several_stays_composed():
    words = right("image of \u0390\u03b4\u03b9\u03b1")
    assert normalize_tags(words) == words


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=200), st.lists(st.text(max_size=60), max_size=14), st.text(max_size=90))
def test_normalized_output_keeps_the_rules_or_is_refused(alt_text, keywords, slug):
    try:
        words = right(alt_text, keywords, slug)
    except TaggingFailed:
        return
    assert 1 <= len(words.alt_text) <= 125
    assert not re.search(r"[\x00-\x1f\x7f-\x9f]", words.alt_text)
    assert 3 <= len(set(words.keywords)) == len(words.keywords) <= 10
    assert all(1 <= len(keyword) <= 40 for keyword in words.keywords)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", words.slug)
    assert len(words.slug) <= 60
    assert normalize_tags(words) == words
