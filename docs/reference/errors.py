"""The page of all errors: those of the one table from kinds to HTTP, and what is refused without a kind."""

import re
import tomllib
from pathlib import Path

from functions.api.errors import STATUS
from functions.api.tinypng.errors import ANSWERS
from imgopt import errors

INTRODUCTION = """\
# Errors

An error is JSON with `detail`, a sentence; of 422 `detail` is a list, whose entries have `loc` and `msg`. What is in
the body beside it is in [api.md](api.md#problem). [TinyPNG's API](../tinypng.md) answers `error` and `message`
instead, by statuses of its own.

Nothing of a refused request is kept, and nothing is charged for it. A job ends as `completed`, as `failed` with
`error_message`, or as `expired`. A job that fails gives its credits back.

`make reference` writes this page from `functions/api/errors.py` and `imgopt/errors.py`.
"""
BY_KIND = "## By kind\n\n| status | kind | when | what to do | TinyPNG's API |\n|---|---|---|---|---|\n"
BY_STATUS = (
    "## Without a kind\n\nThese are answered before or beside what a route does.\n\n| status | when |\n|---|---|\n"
)
TEXTS = tomllib.loads(Path(__file__).with_name("errors.toml").read_text())
# A line of the tree in the errors' module.
BRANCH = re.compile(r"^[│├└─ ]+ (\w+) +(.+)$", re.MULTILINE)


def render() -> str:
    """Raises KeyError where a kind has no text, or is not in the tree."""
    meanings = dict(BRANCH.findall(errors.__doc__ or ""))
    kinds = sorted(STATUS, key=lambda kind: (STATUS[kind], kind.__name__))
    rows = "\n".join(_row(kind, meanings[kind.__name__]) for kind in kinds)
    others = "\n".join(f"| {status} | {text} |" for status, text in TEXTS["others"].items())
    return "\n".join([INTRODUCTION, f"{BY_KIND}{rows}\n", f"{BY_STATUS}{others}\n"])


def _row(kind: type[Exception], meaning: str) -> str:
    name = kind.__name__
    answer = ANSWERS.get(kind)
    theirs = f"{answer.status} `{answer.kind}`" if answer else ""
    status = f"{STATUS[kind]}, or the source's own" if kind is errors.SourceRefused else STATUS[kind]
    sentence = f"{meaning[0].upper()}{meaning[1:]}."
    return f"| {status} | `{name}` | {sentence} | {TEXTS['kinds'][name]} |{theirs and f' {theirs}'} |"
