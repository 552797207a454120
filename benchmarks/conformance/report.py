"""CONFORMANCE.md: how many files look the same, per format, and a line for each that does not."""

import platform
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.conformance.explanations import explain
from benchmarks.conformance.pictures import SIDES, TOLERANCE
from benchmarks.conformance.reading import ALONE, CRASHED, DIFFERS, HUNG, NEITHER, REFUSED, SAME, Outcome
from benchmarks.conformance.sources import SOURCES

PAGE = Path(__file__).parent.parent / "CONFORMANCE.md"
BAD = (DIFFERS, CRASHED, HUNG)


def unexplained(outcomes: Iterable[Outcome]) -> list[Outcome]:
    return [each for each in outcomes if each.verdict in BAD and explain(each.label, each.reader) is None]


def write(outcomes: Sequence[Outcome]) -> None:
    parts = [*_head(outcomes), *_formats(outcomes), *_differences(outcomes), *_refusals(outcomes), *_packages()]
    PAGE.write_text("\n".join(parts) + "\n")


def _head(outcomes: Sequence[Outcome]) -> list[str]:
    left = unexplained(outcomes)
    squares = ", ".join(f"{name} {side}x{side}" for name, side in SIDES.items())
    return [
        "# Files of other projects, by two decoders",
        "",
        f"Made by `make bench-conformance` on {datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()},",
        f"{platform.machine()}: {len(outcomes)} image files of the packages below, read by the service (header and",
        "limits, then all frames to pixels) and by a second decoder that shares no code with it. A file differs",
        f"if a channel of a pixel differs by more than {TOLERANCE} of 255, with premultiplied alpha, or if the size or",
        "the number of frames differs. If no specification defines the upsampling of chroma or the smoothing of edges,",
        f"means over squares are compared: {squares}.",
        "",
        f"Differences and crashes without an explanation: {len(left)} (target: 0).",
        "",
    ]


def _formats(outcomes: Sequence[Outcome]) -> list[str]:
    verdicts = (SAME, DIFFERS, REFUSED, ALONE, NEITHER, CRASHED, HUNG)
    rows = [f"| format | second decoder | {' | '.join(verdicts)} |", "|---" * (len(verdicts) + 2) + "|"]
    for name in dict.fromkeys(each.format for each in outcomes):
        own = [each for each in outcomes if each.format == name]
        counts = Counter(each.verdict for each in own)
        readers = ", ".join(sorted({each.reader for each in own if each.reader})) or "-"
        rows.append(f"| {name} | {readers} | {' | '.join(str(counts[each]) for each in verdicts)} |")
    return [*rows, ""]


def _differences(outcomes: Sequence[Outcome]) -> list[str]:
    rows = ["## Differences", "", "| file | how much | why |", "|---|---|---|"]
    found = [(explain(each.label, each.reader), each) for each in outcomes if each.verdict in BAD]
    for reason, each in sorted(found, key=lambda row: (row[0] is not None, row[1].format, -row[1].largest)):
        rows.append(f"| {each.label} | {each.detail or each.verdict} | {reason or '**not explained**'} |")
    return [*rows, ""]


def _refusals(outcomes: Sequence[Outcome]) -> list[str]:
    refused = ["## Refused", "", *_reasons(outcomes, (REFUSED, NEITHER)), ""]
    return [*refused, "## Not read by the second decoder", "", *_reasons(outcomes, (ALONE,)), ""]


def _reasons(outcomes: Sequence[Outcome], verdicts: tuple[str, ...]) -> list[str]:
    """Each reason once, with the files that it is for."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in outcomes:
        if each.verdict in verdicts:
            reasons.setdefault((each.format, each.detail), []).append(each.label)
    rows = [
        f"| {name} | {why.replace('|', '/')} | {len(labels)}: {', '.join(labels)} |"
        for (name, why), labels in sorted(reasons.items())
    ]
    return ["| format | why | files |", "|---|---|---|", *rows]


def _packages() -> list[str]:
    rows = ["## Packages", "", "Pinned in `conformance/sources.py`; nothing of them is in the repository.", ""]
    return [*rows, *(f"- {each.name} {each.version} ({each.licence})" for each in SOURCES)]
