"""The tables of docs/data-model.md: items by kind, and folders of buckets."""

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from docs.item_kinds import find_kinds

TEXTS: dict[str, Any] = tomllib.loads(Path(__file__).with_name("data_model.toml").read_text())
CONSTANT = re.compile(r"\{([\w.]+):(\w+)\}")
UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))
HEAD_OF_ITEMS = "| key | contents | written | removed | modules of `imgopt` |\n|---|---|---|---|---|\n"
HEAD_OF_FOLDERS = "| bucket | key | contents | written by | removed |\n|---|---|---|---|---|\n"


def render_items() -> str:
    """Raises ValueError where a kind has no text, or a text has no kind."""
    modules = find_kinds()
    if wrong := sorted(modules.keys() ^ {kind for group in TEXTS["items"].values() for kind in group}):
        raise ValueError(f"data_model.toml must list exactly the kinds of items in the code: {', '.join(wrong)}")
    return "\n\n".join(_group(title, group, modules) for title, group in TEXTS["items"].items())


def render_folders() -> str:
    return HEAD_OF_FOLDERS + "\n".join(_folder(name, row) for name, row in TEXTS["folders"].items())


def _group(title: str, group: Mapping[str, Mapping[str, str]], modules: Mapping[str, list[str]]) -> str:
    rows = "\n".join(_item(kind, row, modules[kind]) for kind, row in group.items())
    return f"### {title}\n\n{HEAD_OF_ITEMS}{rows}"


def _item(kind: str, row: Mapping[str, str], modules: list[str]) -> str:
    key = f"`{kind}#{row['key']}`" + (f", `{row['sk']}`" if "sk" in row else "")
    places = ", ".join(f"`{module.removeprefix('imgopt.')}`" for module in modules)
    return _cells(key, row["holds"], row["written"], _fill(row["until"]), places)


def _folder(name: str, row: Mapping[str, str]) -> str:
    keys = ", ".join(f"`{name}{row[each]}`" for each in ("key", "also") if each in row)
    return _cells(row["bucket"], keys, row["holds"], row["written"], _fill(row["until"]))


def _cells(*cells: str) -> str:
    return f"|{'|'.join(f' {cell} ' if cell else ' ' for cell in cells)}|"


def _fill(text: str) -> str:
    """Replaces each `{module:NAME}` by that constant of the code, in words."""
    return CONSTANT.sub(lambda found: describe_time(getattr(import_module(found[1]), found[2])), text)


def describe_time(value: object) -> str:
    """Returns a time in words, such as `8 days`. A mapping of times becomes a list: `8 days for a day`."""
    if isinstance(value, Mapping):
        return ", ".join(f"{describe_time(each)} for a {name}" for name, each in value.items())
    return next(_spell(value)) if isinstance(value, timedelta) else str(value)


def _spell(time: timedelta) -> Iterator[str]:
    """Yields the time in the largest unit that divides it."""
    seconds = round(time.total_seconds())
    for size, unit in UNITS:
        if seconds % size == 0:
            count = seconds // size
            yield f"{count} {unit}" + ("s" if count != 1 else "")
