"""The name of a test begins with its subject."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parents[1]
TEST = re.compile(r"^ *(?:async )?def (test_\w+)", re.MULTILINE)
# Names that begin with one of these tell what happens before they tell to what.
PRONOUNS = (
    *("another_one", "both", "everybody", "everyone", "everything", "he", "his", "it", "its", "neither", "nobody"),
    *("none", "nothing", "one", "others", "our", "ours", "she", "some", "somebody", "someone", "something", "that"),
    *("their", "them", "there", "these", "they", "this", "those", "us", "we", "what", "whatever", "which"),
    *("whichever", "who", "whoever", "whom", "whose", "you", "all", "only_what", "only_who", "each_is", "each_has"),
)
CONNECTIVES = (
    *("after", "also", "and", "as", "at", "because", "before", "behind", "below", "beside", "between", "beyond"),
    *("by", "else", "even", "exactly", "for", "from", "how", "if", "in", "nor", "not", "of", "on", "once", "or"),
    *("outside", "since", "so", "then", "to", "too", "under", "unless", "until", "when", "whenever", "where"),
    *("wherever", "whether", "while", "with", "within", "without"),
)
EMPTY = re.compile(rf"test_(?:{'|'.join((*PRONOUNS, *CONNECTIVES))})(?:_|$)")


@pytest.mark.parametrize("name", ["test_what_is_kept", "test_it", "test_of_two_calls_one_counts", "test_each_is_told"])
def test_names_that_begin_with_an_empty_word_are_found(name):
    assert EMPTY.match(name)


@pytest.mark.parametrize("name", ["test_items_are_kept", "test_another_guest_is_refused", "test_output_is_small"])
def test_names_that_begin_with_their_subject_are_left_alone(name):
    assert not EMPTY.match(name)


def test_every_test_is_named_by_its_subject():
    names = {name for path in TESTS.rglob("test_*.py") for name in TEST.findall(path.read_text(encoding="utf-8"))}
    assert len(names) > 1000
    assert [name for name in sorted(names) if EMPTY.match(name)] == []


def test_tests_of_a_file_have_names_of_their_own():
    for path in TESTS.rglob("test_*.py"):
        names = TEST.findall(path.read_text(encoding="utf-8"))
        assert len(names) == len(set(names)), path
