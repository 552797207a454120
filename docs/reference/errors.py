"""The page of all errors: the kinds with their HTTP statuses, and the errors that have no kind."""

import re
import tomllib
from pathlib import Path

from functions.api.errors import STATUS
from functions.api.tinypng.errors import ANSWERS
from imgopt import errors

INTRODUCTION = """\
# Errors

The body of an error is JSON. `detail` is a sentence; with status 422 it is usually a list of entries with `loc` and
`msg`. [Problem](api.md#problem) lists the other fields. The routes of [TinyPNG's API](../tinypng.md) answer `error` and
`message` instead; the last column has their status and `error`.

A refused request stores nothing and costs nothing. A job that was accepted can fail later. Its status is then `failed`,
its `error_message` has the reason, and its credits are refunded.

`make reference` writes this page from `functions/api/errors.py` and `imgopt/errors.py`.
"""
BY_KIND = "## By kind\n\n| status | kind | when | what to do | TinyPNG's API |\n|---|---|---|---|---|\n"
BY_STATUS = (
    "## Without a kind\n\nThe server or the middleware answers these errors, not the code of a route.\n\n"
    "| status | when |\n|---|---|\n"
)
TEXTS = tomllib.loads(Path(__file__).with_name("errors.toml").read_text())
# A line of the tree in the docstring of imgopt/errors.py.
BRANCH = re.compile(r"^[│├└─ ]+ (\w+) +(.+)$", re.MULTILINE)


def render() -> str:
    """Raises KeyError where a kind has no text, or is missing in the tree of the docstring."""
    meanings = dict(BRANCH.findall(errors.__doc__ or ""))
    kinds = sorted(STATUS, key=lambda kind: (STATUS[kind], kind.__name__))
    rows = "\n".join(_row(kind, meanings[kind.__name__]) for kind in kinds)
    others = "\n".join(f"| {status} | {text} |" for status, text in TEXTS["others"].items())
    return "\n".join([INTRODUCTION, f"{BY_KIND}{rows}\n", f"{BY_STATUS}{others}\n"])


def _row(kind: type[Exception], meaning: str) -> str:
    name = kind.__name__
    answer = ANSWERS.get(kind)
    theirs = f"{answer.status} `{answer.kind}`" if answer else ""
    status = f"{STATUS[kind]}, or the status of the source" if kind is errors.SourceRefused else STATUS[kind]
    sentence = f"{meaning[0].upper()}{meaning[1:]}."
    return f"| {status} | `{name}` | {sentence} | {TEXTS['kinds'][name]} |{theirs and f' {theirs}'} |"
