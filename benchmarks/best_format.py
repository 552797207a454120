"""`make bench-best-format` compares the bytes of `auto` with the smallest single format at the same target, by image.

It uses the stills of the corpus's report half. `auto` is measured by default, and with JPEG XL accepted. It is compared
with the smallest of JPEG, PNG, AVIF, WebP, lossless WebP and, if accepted, JPEG XL. The result is BEST.md. `--tune`
uses the other half, and `--target=N` another score; both only print.
"""

import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean, median

from benchmarks.corpus import Sample, samples
from benchmarks.one_format import OPEN, SINGLE, Trial, try_auto, try_single
from benchmarks.sources import Kind

PAGE = Path(__file__).parent / "BEST.md"
KINDS: tuple[Kind, ...] = ("photo", "screenshot", "chart", "art", "icon")
TARGET = 80
MISSED_FROM = 1.03
COLUMNS = (
    *("accepted", "kind", "images", "bytes by the best: median", "mean", "worst", "above 1.03"),
    *("CPU by that of the best alone, median", "CPU by the slowest that was tried", "encodings", "of the best alone"),
)


@dataclass(frozen=True)
class Comparison:
    """The result of `auto` for one image, and those of all single formats that reach the target, by name."""

    sample: Sample
    auto: Trial
    singles: dict[str, Trial]

    @property
    def winner(self) -> str:
        return min(self.singles, key=lambda name: self.singles[name].size)

    @property
    def best(self) -> Trial:
        return self.singles[self.winner]

    @property
    def ratio(self) -> float:
        return self.auto.size / self.best.size


def main() -> None:
    options = dict(each.partition("=")[::2] for each in sys.argv[1:])
    target, is_report = int(options.get("--target") or TARGET), "--tune" not in options
    pictures = samples(*KINDS, report=is_report)
    found: dict[str, list[Comparison]] = {name: [] for name in OPEN}
    for sample in pictures:
        for name, compared in _compare(sample, target):
            found[name].append(compared)
    page = (
        "\n".join(
            [*_head(target, len(pictures), is_report=is_report), *_summary(found), *_winners(found), *_missed(found)]
        )
        + "\n"
    )
    print(page)
    if is_report and target == TARGET:
        PAGE.write_text(page)


def _compare(sample: Sample, target: int) -> Iterator[tuple[str, Comparison]]:
    singles = {name: each for name in SINGLE if (each := try_single(sample, name, target)) is not None}
    for name, media_types in OPEN.items():
        allowed = {each: trial for each, trial in singles.items() if each != "jxl" or media_types}
        yield name, Comparison(sample, try_auto(sample, media_types, target), allowed)


def _head(target: int, count: int, *, is_report: bool) -> list[str]:
    half = "that was not used for tuning" if is_report else "for tuning"
    return [
        "# `auto` against the best single format",
        "",
        f"Made by `make bench-best-format` on {datetime.now(UTC):%Y-%m-%d}, of {count} images at a score of {target}.",
        "Bytes are those of `auto` divided by those of the smallest single format that reaches the target, for each",
        "image; the aim is at most 1.03. CPU time is of one thread, with reading and scoring. An encoding of a sample",
        f"counts by its share of the picture's pixels. The images are the half of the corpus (SOURCES.md) {half}.",
        "",
    ]


def _summary(found: dict[str, list[Comparison]]) -> list[str]:
    rows = [f"| {' | '.join(COLUMNS)} |", "|---" * len(COLUMNS) + "|"]
    for name, compared in found.items():
        groups = [(kind, [each for each in compared if each.sample.kind == kind]) for kind in KINDS]
        rows += [_row(name, kind, group) for kind, group in [*groups, ("all", compared)] if group]
    return [*rows, ""]


def _row(name: str, kind: str, compared: Sequence[Comparison]) -> str:
    ratios = [each.ratio for each in compared]
    cells = (
        *(name, kind, str(len(compared))),
        *(f"{number:.3f}" for number in (median(ratios), mean(ratios), max(ratios))),
        str(sum(ratio > MISSED_FROM for ratio in ratios)),
        f"{median(each.auto.seconds / each.best.seconds for each in compared):.1f}",
        f"{median(each.auto.seconds / each.auto.slowest for each in compared):.1f}",
        f"{median(each.auto.work for each in compared):.1f}",
        f"{median(each.best.work for each in compared):.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _winners(found: dict[str, list[Comparison]]) -> list[str]:
    """The lines on how often each single format is the smallest, including JPEG XL."""
    compared = list(found.values())[-1]
    rows = ["## Which single format is the smallest", "", f"| kind | {' | '.join(SINGLE)} |", "|---" * 7 + "|"]
    for kind in KINDS:
        wins = Counter(each.winner for each in compared if each.sample.kind == kind)
        rows.append(f"| {kind} | {' | '.join(str(wins[name]) for name in SINGLE)} |")
    return [*rows, ""]


def _missed(found: dict[str, list[Comparison]]) -> list[str]:
    rows = ["## Where `auto` is more than 3 % above", ""]
    for name, compared in found.items():
        for each in sorted(compared, key=lambda each: -each.ratio):
            if each.ratio > MISSED_FROM:
                chosen = f"{each.auto.format} {each.auto.size:,}, {each.winner} {each.best.size:,} bytes"
                rows.append(f"- {name}: {each.sample.name} {each.ratio:.2f} ({chosen})")
    return rows if len(rows) > 2 else [*rows, "- nowhere"]


if __name__ == "__main__":
    main()
