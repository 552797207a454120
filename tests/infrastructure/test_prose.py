"""`make lint` finds unclear phrases in texts for people."""

import pytest

from tests.lint_prose import check_plain, findings, first_sentences, riddles, without_code
from tests.prose_sources import PLAIN_RIDDLES, descriptions, prose_of, text_of


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


def test_the_longer_list_is_for_code_alone():
    text = "Whoever asks."
    assert list(riddles(text)) == []
    assert [found.split(": ")[:2] for found in check_plain([("a.py", text)], PLAIN_RIDDLES)] == [
        ["a.py:1", "'Whoever'"]
    ]


def test_descriptions_of_a_document_are_read():
    part = {"description": "An object.", "properties": {"description": {"type": "string", "description": "A field."}}}
    assert list(descriptions(part)) == ["An object.", "A field."]


def test_comments_and_whole_docstrings_stand_at_their_lines():
    module = '"""A module.\n\nMore.\n"""\n\nA = 1  # noqa\nB = 2  # the second\n'
    assert prose_of(module).splitlines()[2] == "More."
    assert prose_of(module).splitlines()[5:7] == ["", "the second"]


def test_text_of_a_template_has_no_markup():
    assert text_of("{% if user %}<p class='a'>Hello {{ user }}</p>{% endif %}").split() == ["Hello"]
