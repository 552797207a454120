"""`make lint` finds riddles in what people read."""

import pytest

from tests.lint_prose import (
    DOMAIN_RIDDLES,
    check_domain,
    docstrings_and_comments,
    findings,
    first_sentences,
    riddles,
    without_code,
)


@pytest.mark.parametrize("riddle", ["It stays for good.", "They are handed on.", "Says words.", "Repeat the former."])
def test_riddle_is_found_with_its_line(riddle):
    assert [line for line, _, _ in riddles(f"A sentence.\n{riddle}")] == [2]


def test_plain_sentence_is_left_alone():
    assert [*riddles("The job is refunded."), *findings("The job is refunded.")] == []


def test_proselint_is_asked():
    assert [(line, quoted) for line, quoted, _ in findings("A sentence.\nIt is very unique.")] != []


def test_straight_quotes_are_left_alone():
    assert list(findings('It says "no" ...')) == []


def test_code_is_not_read():
    assert list(riddles(without_code("Send `for good`.\n\n```sh\necho for good\n```\n"))) == []


def test_a_page_without_code_keeps_its_lines():
    assert without_code("```sh\none\n```\ntwo").splitlines().index("two") == 3


def test_first_sentences_of_docstrings_stand_at_their_lines():
    module = '"""A module. More."""\n\n\ndef act():\n    """Acts. And more."""\n'
    assert first_sentences(module).splitlines()[0] == "A module."
    assert first_sentences(module).splitlines()[4] == "Acts."


def test_docstrings_and_comments_stand_at_their_lines():
    module = '"""A module.\n\nMore."""\n\nONE = 1  # the first\n'
    assert docstrings_and_comments(module).splitlines()[:5] == ["A module.", "", "More.", "", "the first"]


def test_domain_is_read_with_further_turns():
    assert [line for line, _, _ in riddles("Plain.\nWhoever asks gets so\nmany.", DOMAIN_RIDDLES)] == [2, 2]


def test_domain_has_no_riddle():
    assert list(check_domain()) == []
