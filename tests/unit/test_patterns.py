"""The check of regular expressions: it finds slow ones, and none in this project."""

import ast
import re

import pytest

from tests import lint_patterns
from tests.patterns import complaints

SLOW = {
    r"(a+)+": "a repeat in a repeat",
    r"(\w+\s?)*x": "a repeat in a repeat",
    r"(?:a|ab)*x": "alternatives in a repeat begin alike",
    r"(?:a|aa)+b": "alternatives in a repeat begin alike",
    r"\d+\.?\d*": "repeats overlap",
    r"\s*([a-z]*)\s*": "repeats overlap",
    r":\s*[\w-]+[^;{}]*\{": "repeats overlap",
    r".*,.*,": "repeats overlap",
    r"(?i:[a-z]+-?[A-Z]+)": "repeats overlap",
    r"\s*+x|\s*\s*": "repeats overlap",
    r"\d+(?!x)\d*": "repeats overlap",
    r"[a-z]{1,500}[a-z]*": "repeats overlap",
}
SLOW_TO_SEARCH = [
    r"\s+$",
    r"\xff+[^\x00\xff]",
    r"<path[^>]*/>",
    r"/\*.*?\*/",
    r"\s*+(\d++)",
    r"url\([^)]*+\)",
    r"a*\b",
    r"a+b*c",
]
QUICK = [
    r'"[^"]*"',
    r"[^a-z]+",
    r"\.(?:png|jpe?g)\s*$",
    r"/\*(?:[^*]++|\*(?!/))*+(?:\*/)?+",
    r"(?<!\xff)\xff+[^\x00\xff]",
    r'(?:"[^"]*"|[^"])*',
    r"(?>\d+)\.?\d*",
    r"\d{1,18}-?\d{1,18}",
    r"(?:ab|ac)*",
    r"=([a-z]+)=\1",
]


@pytest.mark.parametrize("text", SLOW)
def test_slow_patterns_are_found(text):
    assert SLOW[text] in complaints(re.compile(text), searched=False)
    assert SLOW[text] in complaints(re.compile(text.encode()), searched=False)


@pytest.mark.parametrize("text", SLOW_TO_SEARCH)
def test_patterns_slow_to_search_are_found(text):
    assert complaints(re.compile(text), searched=True) == ["a search may read the same text from many places"]
    assert complaints(re.compile(text), searched=False) == []


@pytest.mark.parametrize("text", QUICK)
def test_fast_patterns_are_left_alone(text):
    assert complaints(re.compile(text), searched=True) == []


def test_patterns_of_the_project_are_fast():
    assert list(lint_patterns.check()) == []


def test_patterns_of_the_project_are_found():
    named = [
        f"{module}:{name}"
        for module, tree in lint_patterns.parsed_modules()
        for name, _ in lint_patterns.patterns_of(module, tree)
    ]
    assert {"imgopt.codecs.svg.lengths:LENGTH", "functions.api.ranges:ONE_RANGE"} < set(named)
    assert len(named) > 30


@pytest.mark.parametrize(
    "source", ["import re\nre.search('a', b)", "import re\ndef f():\n    A = re.compile('a')", "from re import compile"]
)
def test_a_pattern_without_a_name_is_found(source):
    assert list(lint_patterns.nameless(ast.parse(source)))


def test_pydantic_reads_patterns_by_an_engine_that_is_linear():
    """The engine is pydantic's own, in Rust, unless a model chooses Python's."""
    assert not [path for _, path in lint_patterns.modules() if "python-re" in path.read_text(encoding="utf-8")]
