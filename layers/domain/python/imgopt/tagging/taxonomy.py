"""Names of ImageNet's classes, and the kinds that contain them: see taxonomy.toml."""

import json
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent


class NamingThreshold(StrEnum):
    """When a class of a kind may be named itself."""

    SOON = "soon"
    SURE = "sure"
    NEVER = "never"


@dataclass(frozen=True)
class Kind:
    """A kind. `of` is the kind that contains it. A `silent` kind is never named itself."""

    name: str
    of: "Kind | None"
    named: NamingThreshold
    silent: bool

    def line(self) -> "tuple[Kind, ...]":
        """The kind, the one that contains it, and so on."""
        return (self, *(self.of.line() if self.of else ()))


@dataclass(frozen=True)
class Classes:
    """`names` and `kinds` of the 1000 classes, by number."""

    names: tuple[str, ...]
    kinds: tuple[Kind, ...]


@cache
def read_classes() -> Classes:
    names = json.loads((HERE / "imagenet.json").read_text())
    kind_of = dict(_read_kinds(tomllib.loads((HERE / "taxonomy.toml").read_text())["kinds"]))
    return Classes(tuple(names), tuple(kind_of[number] for number in range(len(names))))


def _read_kinds(tables: dict[str, dict[str, Any]]) -> Iterator[tuple[int, Kind]]:
    """Yields each class with its kind. A kind is listed behind the one that contains it."""
    kinds: dict[str, Kind] = {}
    for name, table in tables.items():
        of = kinds[table["of"]] if "of" in table else None
        kinds[name] = Kind(name, of, NamingThreshold(table["named"]), table.get("silent", False))
        yield from ((number, kinds[name]) for number in read_numbers(table.get("classes", "")))


def read_numbers(classes: str) -> Iterator[int]:
    """Yields the numbers of a list such as "3 7-9", where ranges include both ends."""
    for part in classes.split():
        first, _, last = part.partition("-")
        yield from range(int(first), int(last or first) + 1)
