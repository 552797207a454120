"""Writes benchmarks/INTEROP.md: a table for each format, and the known limits of readers."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.interop.files import WRITTEN, MadeFile
from benchmarks.interop.inputs import INPUTS
from benchmarks.interop.readers import Reader
from benchmarks.interop.verdicts import BLOCK, MOST_DIFFERENCE, MOST_OF_DRAWINGS, Row, explanations
from imgopt.codecs.formats import FORMATS

PAGE = Path(__file__).parent.parent / "INTEROP.md"
ASPECTS = ("size", "frames", "durations", "loops", "dpi")
LONGEST_WORDS = 160


def write_page(files: Sequence[MadeFile], rows: Sequence[Row], versions: dict[Reader, str | None]) -> None:
    tables = [line for name in WRITTEN for line in _table(name, rows, versions)]
    PAGE.write_text("\n".join([*_intro(files), *tables, *_notes(rows), *_versions(versions)]) + "\n")


def _intro(files: Sequence[MadeFile]) -> list[str]:
    return [
        "# The service's files in other programs",
        "",
        f"Made by `make bench-interop` on {datetime.now(UTC):%Y-%m-%d} from {len(files)} files: {len(INPUTS)}",
        f"generated inputs in each of {len(WRITTEN)} output formats. The inputs are RGB, grey, alpha, palette,",
        "16 bits, CMYK, animations, a drawing, 1x1 and 1000x8 pixels, with metadata, and with 300 dpi. Each installed",
        "reader opened them.",
        "",
        "*size* and *frames* are compared with the service's answer, *durations* and *dpi* with the input, *loops*",
        "and *pixels* with what Pillow reads. Pixels of SVG are compared with resvg's drawing. `-` means that a reader",
        "does not report the value. *pixels* has two numbers from 0 to 255, for channels multiplied by alpha: the",
        f"largest difference of a pixel, and in brackets the largest difference of the mean of {BLOCK}x{BLOCK} pixels.",
        f"The second may be {MOST_DIFFERENCE}, or {MOST_OF_DRAWINGS} in SVG, because readers smooth the edges of",
        "drawings differently. *messages* are what a reader prints. **Bold** marks a difference that no limit of the",
        "reader, below, explains.",
        "",
    ]


def _table(name: str, rows: Sequence[Row], versions: dict[Reader, str | None]) -> list[str]:
    columns = ("reader", "opens", *ASPECTS, "pixels", "messages")
    if not any(name in reader.formats for reader in versions):
        return [f"## {FORMATS[name].label}", "", "None of the readers was tested with this format.", ""]
    found = {row.reader: row for row in rows if row.format == name}
    lines = [f"## {FORMATS[name].label}", "", f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for reader in versions:
        if reader in found:
            lines.append(f"| {reader.name} | {' | '.join(_cells(found[reader]))} |")
        elif name in reader.formats:
            lines.append(f"| {reader.name} | not installed |{' |' * (len(columns) - 2)}")
    return [*lines, ""]


def _cells(row: Row) -> list[str]:
    faults = [fault for fault in row.faults if fault.aspect == "opens"]
    opens = f"{row.files - len(faults)}/{row.files}"
    unknown = any(fault.limit is None for fault in faults)
    return [f"**{opens}**" if unknown else opens, *(_cell(row, each) for each in ASPECTS), _pixels(row), _words(row)]


def _cell(row: Row, aspect: str) -> str:
    faults = [fault for fault in row.faults if fault.aspect == aspect]
    if not faults:
        return "equal" if aspect in row.told else "-"
    text = f"{len(faults)} differ" if len(faults) > 1 else "1 differs"
    return f"**{text}**" if any(fault.limit is None for fault in faults) else text


def _pixels(row: Row) -> str:
    if "pixels" not in row.told:
        return "-"
    text = f"{row.pixel} ({row.block})"
    return f"**{text}**" if any(fault.aspect in ("edges", "pixels") for fault in row.unexplained()) else text


def _words(row: Row) -> str:
    words = Counter(fault.what for fault in row.faults if fault.aspect == "words")
    texts = [f"{count}x {text[:LONGEST_WORDS]}" for text, count in words.items()]
    return "; ".join(texts).replace("|", "/").replace("\n", " ")


def _notes(rows: Sequence[Row]) -> list[str]:
    unknown = [(row, fault) for row in rows for fault in row.unexplained()]
    open_lines = [
        f"- {row.reader.name}, {fault.file}: {fault.aspect}: {fault.what[:LONGEST_WORDS]}" for row, fault in unknown
    ]
    lines = [f"- {name}: {text}." for name, texts in explanations(rows).items() for text in texts]
    return [
        *("## Observed limits of the readers", "", *lines, ""),
        *("## Not explained", "", *(open_lines or ["Nothing."]), ""),
    ]


def _versions(versions: dict[Reader, str | None]) -> list[str]:
    rows = [f"- {reader.name}: {known or 'not installed'}" for reader, known in versions.items()]
    return ["## Versions", "", *rows]
