"""What `make` can do, from the comments of its targets."""

import re

from cdk.paths import ROOT

TARGET = re.compile(r"^([a-z-]+):.*?## (.+)$", re.MULTILINE)


def render() -> str:
    rows = "\n".join(f"| `make {name}` | {_capital(text)} |" for name, text in read_targets().items())
    return f"| command | what it does |\n|---|---|\n{rows}"


def read_targets() -> dict[str, str]:
    return dict(TARGET.findall((ROOT / "Makefile").read_text()))


def _capital(text: str) -> str:
    """As commands begin in a list, but for the names of programs."""
    return text if text.startswith(("ruff", "npm")) else f"{text[0].upper()}{text[1:]}"
