"""The table of the targets of `make`, from the comments in the Makefile."""

import re

from cdk.paths import ROOT

TARGET = re.compile(r"^([a-z-]+):.*?## (.+)$", re.MULTILINE)


def render() -> str:
    rows = "\n".join(f"| `make {name}` | {_capital(text)} |" for name, text in read_targets().items())
    return f"| command | what it does |\n|---|---|\n{rows}"


def read_targets() -> dict[str, str]:
    return dict(TARGET.findall((ROOT / "Makefile").read_text()))


def _capital(text: str) -> str:
    """Returns the text with a capital, unless it begins with the name of a program."""
    return text if text.startswith(("ruff", "npm")) else f"{text[0].upper()}{text[1:]}"
