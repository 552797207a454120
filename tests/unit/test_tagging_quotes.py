"""The quoted part of an image's text, from invented lines."""

import pytest

from imgopt.tagging.ocr import Line, Reading
from imgopt.tagging.quoting import Quotes, choose_quotes

WIDTH = 800


def line(text, middle=20.0, *, score=0.99, height=20.0, left=40.0):
    return Line(text, score, left, left + 200, middle, height)


def quote(*lines, found=None, is_graphic=True):
    return choose_quotes(Reading(lines, len(lines) if found is None else found, WIDTH), is_graphic=is_graphic)


@pytest.mark.parametrize("text", ["OPEN", "Länge", "營業中", "открыто", "فتح", "24 HOURS"])
def test_text_is_quoted_in_any_writing(text):
    assert quote(line(text)) == Quotes((text,), more=False)


@pytest.mark.parametrize("text", ["", " ", "O", "UP", "福", "***", "12:30", "63.3", "=> {", "..a.b..c..", "★★★★☆"])
def test_meaningless_text_is_not_quoted(text):
    assert quote(line(text)) is None


def test_uncertain_text_is_not_quoted():
    assert quote(line("YAMAHA", score=0.92)) is None
    assert quote(line("YAMAHA", score=0.92), line("Garage", 90)) == Quotes(("Garage",), more=False)


@pytest.mark.parametrize(
    ("seen", "said"),
    [({}, True), ({"is_graphic": False}, False), ({"is_graphic": False, "found": 13}, True)],
    ids=["graphic", "photo", "photo with much text"],
)
def test_photos_with_little_text_are_quoted_with_more_certainty(seen, said):
    assert (quote(line("Garage", score=0.97), **seen) is not None) == said
    assert quote(line("Garage", score=0.985), **seen) is not None


def test_lines_below_each_other_are_one_text():
    assert quote(line("OPEN"), line("24 HOURS", 45)) == Quotes(("OPEN 24 HOURS",), more=False)


@pytest.mark.parametrize("left", [0.0, 1.0, WIDTH - 201.0, WIDTH - 200.0])
def test_text_that_the_edge_cuts_off_is_not_quoted(left):
    assert quote(line("Garage", 90), line("orkshop", left=left)) == Quotes(("Garage",), more=False)


def test_text_of_a_page_without_margin_is_quoted():
    lines = [line("total 12", 20, left=0), line("drwxr-xr-x", 120, left=0), line("README", 220, left=80)]
    assert quote(*lines).texts == ("total 12", "drwxr-xr-x", "README")


@pytest.mark.parametrize(
    "below",
    [
        line("24 HOURS", 80),
        line("24 HOURS", 45, left=300),
        line("24 HOURS", 45, height=60),
    ],
    ids=["far away", "beside it", "much larger"],
)
def test_other_lines_are_other_texts(below):
    assert len(quote(line("OPEN"), below).texts) == 2


def test_columns_are_read_one_by_one():
    first, second = {"left": 0.0}, {"left": 300.0}
    lines = [line("Monday", 20, **first), line("Closed", 20, **second), line("to Friday", 45, **first)]
    assert quote(*lines).texts == ("Monday to Friday", "Closed")


def test_the_largest_come_first():
    texts = quote(line("small print", 20), line("HEADING", 100, height=50), line("more print", 200)).texts
    assert texts == ("HEADING", "small print", "more print")


def test_texts_of_about_one_size_keep_their_order():
    assert quote(line("upper", 20, height=21), line("lower", 100, height=23)).texts == ("upper", "lower")


def test_three_quotes_are_enough():
    lines = [line(text, 100 * at) for at, text in enumerate(["one", "two", "three", "four"])]
    assert quote(*lines) == Quotes(("one", "two", "three"), more=True)


def test_lines_of_long_texts_stay_apart_and_short_ones_are_left_out():
    assert quote(line("Home"), line("Settings", 45), line("Users", 70), found=40) == Quotes(
        ("Settings", "Users"), more=True
    )


def test_the_same_is_quoted_once():
    assert quote(line("Overview, week 38"), line("Overview", 100), line("Overview", 200)).texts == (
        "Overview, week 38",
    )


def test_a_long_text_is_cut_at_a_word():
    assert quote(line("Let us first determine " * 8)).texts == (
        "Let us first determine Let us first determine Let us\u2026",
    )


def test_lines_too_long_beside_the_first_are_left_out():
    texts = quote(line("WARNING", height=40), line("to whom it may concern " * 3, 100), line("thanks", 200)).texts
    assert texts == ("WARNING", "thanks")


def test_quotes_within_are_written_otherwise():
    assert quote(line('the "best" \u201ccoffee\u201d')).texts == ("the 'best' 'coffee'",)
