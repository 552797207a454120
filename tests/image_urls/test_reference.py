"""docs/images-by-url.md agrees with the code."""

import re
from pathlib import Path

from imgopt.image_urls.arguments import FORMATS, PRO_FORMATS
from imgopt.image_urls.gravities import OF_CROPS, PRO_TYPES
from imgopt.image_urls.options import MOST_APPLIED, PRESET_NAMES, URL_OPTIONS
from imgopt.image_urls.paths import LONGEST_URL_PATH
from imgopt.image_urls.presets import LARGEST_PRESET
from imgopt.image_urls.pro import PRO_OPTIONS
from imgopt.image_urls.signatures import UNSIGNED_MARKS

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "images-by-url.md").read_text(encoding="utf-8")
OPTIONS, PRO = PAGE.partition("## Options\n")[2].partition("## Presets")[0], PAGE.partition("of imgproxy Pro\n")[2]
ROWS = [[cell.strip() for cell in line.split("|")[1:-1]] for line in OPTIONS.splitlines() if line.startswith("| `")]


def quoted(text: str) -> list[str]:
    return re.findall("`([^`]+)`", text)


def test_every_option_has_its_row():
    told = [
        (*quoted(name), tuple(quoted(short)), *quoted(arguments), "".join(quoted(default)))
        for name, short, arguments, default, _ in ROWS
    ]
    known = [(each.name, each.shorts, each.arguments, each.default) for each in URL_OPTIONS]
    rows = "docs/images-by-url.md has a row for each option, in the order of the code"
    assert told == [*known, (PRESET_NAMES[0], PRESET_NAMES[1:], "name:…", "")], rows


def test_every_row_has_a_meaning():
    assert [row[0] for row in ROWS if not row[-1]] == []


def test_formats_and_gravities_are_told():
    assert set(quoted(next(row[-1] for row in ROWS if row[0] == "`format`"))) == FORMATS.keys()
    assert {*OF_CROPS} - {"fp"} <= {*quoted(OPTIONS)}


def test_options_of_the_paid_edition_are_told():
    assert {*quoted(PRO)} == PRO_OPTIONS | PRO_TYPES | PRO_FORMATS | {"enc/", "/-/"}


def test_limits_are_told():
    assert f"at most {LONGEST_URL_PATH} characters and {MOST_APPLIED} options" in PAGE
    assert f"A preset has at most {LARGEST_PRESET} options." in PAGE
    assert all(f"`{mark}`" in PAGE for mark in UNSIGNED_MARKS)
