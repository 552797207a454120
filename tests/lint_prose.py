"""Checks texts for people by proselint and a list of unclear phrases: `python -m tests.lint_prose`."""

import ast
import contextlib
import importlib
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from proselint.checks import __register__
from proselint.config import DEFAULT
from proselint.registry import CheckRegistry
from proselint.tools import LintFile

from tests import prose_sources

ROOT = Path(__file__).parents[1]
PAGES = ("*.md", "docs/*.md", "docs/*/*.md", "imgopt_client/*.md", "typescript_client/*.md")
PACKAGES = (
    *("layers/domain/python/imgopt", "functions", "imgopt_client", "cdk", "local", "gpu_container"),
    *("supply_chain", "typescript_client", "benchmarks", "docs"),
)
# Command lines: the function that parses them, and the commands of which `--help` is read.
COMMAND_LINES = (
    ("local.logs", "parse", ("",)),
    ("local.operators", "parse", ("", "users", "images", "images usage", "users list", "users remove")),
)
# Checks of proselint that are not asked, and why.
NOT_ASKED = {
    "typography": "Commands and code are quoted: straight quotes, three dots and x are what is typed.",
    "spelling.consistency": "Options have the spelling of CSS and imgproxy (color), sentences have ours (colour).",
    "restricted": "Off in proselint's own configuration.",
}
# Findings that are right as they stand, and why: text of the finding, by file.
ALLOWED = {
    ("docs/deployment.md", "on the spot"): "The spot market of EC2.",
    ("docs/decisions/0058-ministack-stays.md", "all the same"): "It writes, though the condition does not hold.",
    ("layers/domain/python/imgopt/imaging/focus.py", "saliency"): "The field's word.",
}
# Turns that a reader stops at, and what to write in their place.
RIDDLES = {
    r"all the same": "write 'still' or 'nevertheless'",
    r"as ever": "write 'as usual', or say how",
    r"as it comes": "say in which state",
    r"by now": "write 'now', or a version",
    r"for good": "write 'permanently'",
    r"(?:hands?|handed|handing) on": "write 'pass on'",
    r"in any case": "write 'always'",
    r"in vain": "write 'without effect'",
    r"in turns": "write 'alternately'",
    r"likewise": "repeat what is alike",
    r"nothing (?:was|is) tuned on": "write 'not used for tuning'",
    r"of before": "name the version or the time",
    r"from before": "name the version or the time",
    r"(?:says?|saying|said) words": "write 'tag', 'tags' or 'tagging'",
    r"such a one": "repeat the noun",
    r"the (?:former|latter)": "repeat the noun",
    r"which see": "give the link",
    r"without a word": "write 'silently', or say what is left out",
}
# Names and values of help stand in columns.
COLUMN = re.compile(r"(?<=\S) {2,}(?=\S)")
FENCE = re.compile(r"^( *)```.*?^\1```", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]+`|\]\([^)\s]+\)")
SENTENCE = re.compile(r".*?[.:](?=\s|$)", re.DOTALL)


def main() -> int:
    found = [
        *check((*passages(), *prose_sources.passages())),
        *check_plain(prose_sources.plain_passages(), RIDDLES | prose_sources.PLAIN_RIDDLES),
        *check_plain(prose_sources.passages_of_domain(), RIDDLES | prose_sources.DOMAIN_RIDDLES),
        *check_plain(prose_sources.passages_of_tests(), RIDDLES),
    ]
    sys.stderr.writelines(f"{each}\n" for each in found)
    return 1 if found else 0


def check(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """A line for each riddle, and for each finding of proselint, but for what is allowed; and for what isn't found."""
    seen = set()
    for name, text in texts:
        for line, quoted, advice in (*riddles(text), *findings(text)):
            seen.add((name, quoted))
            if (name, quoted) not in ALLOWED:
                yield f"{name}:{line}: '{quoted}': {advice}"
    yield from (f"{name}: '{quoted}' is allowed, and is not there" for name, quoted in ALLOWED.keys() - seen)


def check_plain(texts: Iterable[tuple[str, str]], turns: Mapping[str, str]) -> Iterator[str]:
    """A line for each riddle in whole docstrings and comments, which proselint does not read."""
    for name, text in texts:
        for line, quoted, advice in riddles(CODE.sub("code", text), turns):
            if (name, quoted) not in ALLOWED:
                yield f"{name}:{line}: '{quoted}': {advice}"


def riddles(text: str, turns: Mapping[str, str] = MappingProxyType(RIDDLES)) -> Iterator[tuple[int, str, str]]:
    for found in pattern_of(tuple(turns)).finditer(text):
        advice = [*turns.values()][(found.lastindex or 1) - 1]
        yield text.count("\n", 0, found.start()) + 1, " ".join(found[0].split()), advice


@cache
def pattern_of(turns: tuple[str, ...]) -> re.Pattern[str]:
    one_of_them = "|".join(f"({turn})" for turn in turns)
    return re.compile(rf"\b(?:{one_of_them})\b".replace(" ", r"\s+"), re.IGNORECASE)


def findings(text: str) -> Iterator[tuple[int, str, str]]:
    registry = CheckRegistry()
    if not registry.checks:
        registry.register_many(__register__)
    asked = dict.fromkeys(NOT_ASKED, False) | {
        name: on for name, on in DEFAULT["checks"].items() if name not in NOT_ASKED
    }
    for result in LintFile("text", text).lint({"checks": asked, "max_errors": 1000}):
        found = result.check_result
        quoted = text[found.span[0] - 1 : found.span[1] - 1].strip()  # proselint puts a line before the text
        if "\n" not in quoted:  # or it is the end of a heading and the beginning of a sentence
            yield result.pos[0], quoted, found.message


def passages() -> Iterator[tuple[str, str]]:
    """Pages without code, first sentences of docstrings, and helps of commands, by file."""
    for pattern in PAGES:
        for page in sorted(ROOT.glob(pattern)):
            yield str(page.relative_to(ROOT)), without_code(page.read_text(encoding="utf-8"))
    for package in PACKAGES:
        for module in sorted((ROOT / package).rglob("*.py")):
            yield str(module.relative_to(ROOT)), first_sentences(module.read_text(encoding="utf-8"))
    for module, parse, commands in COMMAND_LINES:
        for command in commands:
            yield f"{module} {command}", help_of(getattr(importlib.import_module(module), parse), command)


def without_code(page: str) -> str:
    """The text with the same number of lines, and a different word in place of each code and address."""
    prose = FENCE.sub(lambda fence: "\n" * fence[0].count("\n"), page)
    return CODE.sub(lambda code: f"code{code.start()}x", prose)


def first_sentences(module: str) -> str:
    """The first sentence of each docstring, and the line where it begins."""
    lines = [""] * (module.count("\n") + 2)
    for node in ast.walk(ast.parse(module)):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            text = ast.get_docstring(node)
            if text:
                sentence = SENTENCE.match(text)
                lines[node.body[0].lineno - 1] = CODE.sub("code", sentence[0] if sentence else text).replace("\n", " ")
    return "\n".join(lines)


def help_of(parse: Callable[[list[str]], object], command: str) -> str:
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown), contextlib.suppress(SystemExit):
        parse([*command.split(), "--help"])
    return COLUMN.sub(": ", shown.getvalue())


if __name__ == "__main__":
    sys.exit(main())
