"""Writes CONFORMANCE.md: how many files of each format look the same, and a row for each file that does not."""

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
        f"{platform.machine()}. {len(outcomes)} image files of the packages below were read by the service, and by a",
        "second decoder that shares no code with it. The service read the header, checked its limits, and decoded",
        "all frames. A file differs if the size, the number of frames, or a channel of a pixel differs. A channel,",
        f"multiplied by alpha, differs if the values are more than {TOLERANCE} of 255 apart. For some formats no",
        "specification says how to enlarge chroma or to smooth edges. Of these, means over squares are compared:",
        f"{squares}.",
        "",
        "In the first table, *only by the service* counts the files that the second decoder can't read, and",
        "*by neither* the files that neither of the two can read.",
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
    rows = ["## Differences", "", "| file | difference | reason |", "|---|---|---|"]
    found = [(explain(each.label, each.reader), each) for each in outcomes if each.verdict in BAD]
    for reason, each in sorted(found, key=lambda row: (row[0] is not None, row[1].format, -row[1].largest)):
        rows.append(f"| {each.label} | {each.detail or each.verdict} | {reason or '**not explained**'} |")
    return [*rows, ""]


def _refusals(outcomes: Sequence[Outcome]) -> list[str]:
    refused = ["## Refused", "", *_reasons(outcomes, (REFUSED, NEITHER)), ""]
    return [*refused, "## Not read by the second decoder", "", *_reasons(outcomes, (ALONE,)), ""]


def _reasons(outcomes: Sequence[Outcome], verdicts: tuple[str, ...]) -> list[str]:
    """A row for each reason, with its files."""
    reasons: dict[tuple[str, str], list[str]] = {}
    for each in outcomes:
        if each.verdict in verdicts:
            reasons.setdefault((each.format, each.detail), []).append(each.label)
    rows = [
        f"| {name} | {why.replace('|', '/')} | {len(labels)}: {', '.join(labels)} |"
        for (name, why), labels in sorted(reasons.items())
    ]
    return ["| format | reason | files |", "|---|---|---|", *rows]


def _packages() -> list[str]:
    rows = ["## Packages", "", "`conformance/sources.py` pins them. The repository contains none of their files.", ""]
    return [*rows, *(f"- {each.name} {each.version} ({each.licence})" for each in SOURCES)]
