"""The table of results, in pipes and in terminals of any width."""

from pathlib import Path

import pytest
from rich.cells import cell_len
from rich.console import Console

from imgopt_client.outcome import FileOutcome, Status
from imgopt_client.sources import Source
from imgopt_client.table import table_lines

LONG = "a-photo-with-a-name-that-is-longer-than-most-names-of-photos-are"


def outcome(name: str = "hero.png", before: int = 668_800, after: int = 108_200, seconds: float = 3.9) -> FileOutcome:
    source = Source(name, Path(), Path(), Path(name))
    facts = {"after": after, "width": 1600, "height": 1066}
    return FileOutcome(source, Status.COMPLETED, before, facts, seconds, Path(name).with_suffix(".tinified.webp"))


def test_table_has_a_row_for_each_result():
    assert table_lines([outcome(), outcome("b.png", 65_800, 259_500, 0)]) == [
        "file        before     after  saved   dimensions     time  result",
        "hero.png  668.8 kB  108.2 kB    84%  1600 x 1066    3.9 s  hero.tinified.webp",
        "b.png      65.8 kB  259.5 kB  -294%  1600 x 1066  earlier  b.tinified.webp",
        "2 files   734.6 kB  367.7 kB    50%",
    ]


def test_table_has_scores_where_there_are_some():
    scored, drawing = outcome(), outcome("b.svg")
    scored.facts["score"] = 81.25
    assert [line.split()[-5:] for line in table_lines([scored])] == [
        ["saved", "score", "dimensions", "time", "result"],
        ["x", "1066", "3.9", "s", "hero.tinified.webp"],
    ]
    assert "  81.2  " in table_lines([drawing, scored])[2]


def test_table_has_a_total_in_which_what_is_kept_counts_as_it_is():
    kept = FileOutcome(outcome("b.png").source, Status.KEPT, 1000, {"after": 900, "width": 4, "height": 3}, 1.0)
    _, _, row, total = table_lines([outcome("a.png", 9000, 3000), kept])
    assert row.split() == ["b.png", "1.0", "kB", "0.9", "kB", "10%", "4", "x", "3", "1.0", "s", "input", "kept"]
    assert total.split() == ["2", "files", "10.0", "kB", "4.0", "kB", "60%"]


@pytest.mark.parametrize(("width", "place"), [(60, "below"), (139, "below"), (140, "column"), (10_000, "column")])
def test_table_has_warnings_beside_the_rest_or_below_it(width, place):
    warned, plain = outcome("a.png"), outcome("b.png")
    warned.facts["warning"] = "Made offline.\x1b[2J"
    lines = table_lines([warned, plain], Console(width=width))
    assert (lines[0].endswith("  warning"), len(lines)) == ((True, 4) if place == "column" else (False, 5))
    told = lines[1] if place == "column" else lines[-1]
    assert told.endswith("  Made offline.\ufffd[2J" if place == "column" else "a.png: Made offline.\ufffd[2J")


def test_table_without_results_is_empty():
    assert table_lines([FileOutcome(outcome().source, Status.FAILED, error="No image.")]) == []


def test_table_in_a_pipe_has_whole_names_in_one_line():
    _, row = table_lines([outcome(f"{LONG}.png")])
    assert row.startswith(f"{LONG}.png ")
    assert row.endswith(f" {LONG}.tinified.webp")


@pytest.mark.parametrize("width", [40, 60, 80, 100])
def test_table_fits_a_terminal_and_cuts_neither_names_nor_numbers(width):
    lines = table_lines([outcome(f"{LONG}.png")], Console(width=width))
    assert max(map(cell_len, lines)) <= width
    assert "668.8 kB  108.2 kB    84%" in lines[1]
    result = "".join(line[lines[0].index("result") :] for line in lines[1:])
    assert result == f"{LONG}.tinified.webp"


@pytest.mark.parametrize(("width", "shown"), [(79, False), (80, True)])
def test_table_has_dimensions_and_times_where_there_is_room(width, shown):
    heading, row = table_lines([outcome("a.png")], Console(width=width))
    assert ["dimensions" in heading, "time" in heading, "1600 x 1066" in row, "3.9 s" in row] == [shown] * 4


def test_table_aligns_names_that_are_two_cells_wide():
    heading, *rows = table_lines([outcome("写真.png"), outcome(f"{LONG}.png")])
    ends = [(heading, "before"), *((row, "kB") for row in rows)]
    assert {cell_len(line[: line.index(end) + len(end)]) for line, end in ends} == {len(f"{LONG}.png  1,337.6 kB")}


def test_table_takes_markup_in_names_as_text():
    assert "[bold]a.png" in table_lines([outcome("[bold]a.png")])[1]


def test_table_has_a_bold_heading_on_a_terminal_alone():
    terminal = Console(force_terminal=True, color_system="standard", width=100)
    assert table_lines([outcome()], terminal)[0].startswith("\x1b[1mfile")
    assert "\x1b" not in "".join(table_lines([outcome()], Console(force_terminal=True, color_system=None, width=100)))
