"""Writes URL.md: the results of `make bench-url`, beside figures in the documentation of other services."""

import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from benchmarks.url_hits import MOST_MILLISECONDS, RATE, Hits

ASKED = 0.8
# Requests a second of imgproxy 4.0.3 and imagor 1.9.1, by imagor's documentation of May 2026.
DOCUMENTED = {"JPEG": (82, 74), "PNG": (17, 19), "WebP": (24, 21), "AVIF": (17, 18)}


@dataclass(frozen=True)
class Pace:
    """Variants per second, and CPU milliseconds per variant of all processes together."""

    rate: float
    cpu_ms: float


@dataclass(frozen=True)
class Round:
    """A round: variants of known sources, of new sources, and of the bare loop, one after the other."""

    known: Pace
    new: Pace
    bare: Pace


@dataclass(frozen=True)
class Compared:
    """A format: paces by round, and bytes and scores by source, the service's first."""

    name: str
    rounds: list[Round]
    sizes: list[tuple[int, int]]
    scores: list[tuple[float, float]]

    def rows(self) -> list[str]:
        known, new = ([(getattr(each, name), each.bare) for each in self.rounds] for name in ("known", "new"))
        sizes = f"{statistics.median(ours / bare for ours, bare in self.sizes):.2f}"
        return [
            _row(self.name, "known", known, (sizes, _both(self.scores))),
            _row(self.name, "new", new, (sizes, _both(self.scores))),
        ]


@dataclass(frozen=True)
class Setting:
    """The settings of a run: number of sources, size of variants, number of processes."""

    sources: int
    side: int
    processes: int


def _row(name: str, source: str, paces: Sequence[tuple[Pace, Pace]], more: Sequence[str]) -> str:
    rates = [(ours.rate, bare.rate) for ours, bare in paces]
    cpu = [(ours.cpu_ms, bare.cpu_ms) for ours, bare in paces]
    by_rate, by_cpu = _ratio([ours / bare for ours, bare in rates]), _ratio([bare / ours for ours, bare in cpu])
    return f"| {' | '.join((name, source, _both(cpu), by_cpu, _both(rates), by_rate, *more))} |"


def _both(pairs: Sequence[tuple[float, float]]) -> str:
    return " / ".join(f"{statistics.median(each):.1f}" for each in zip(*pairs, strict=True))


def _ratio(values: Sequence[float]) -> str:
    return f"{statistics.median(values):.2f} ({min(values):.2f}-{max(values):.2f})"


def write_page(setting: Setting, compared: Sequence[Compared], memory: Sequence[tuple[int, float]], hits: Hits) -> str:
    parts = (
        _introduce(setting),
        [row for each in compared for row in each.rows()],
        _tell_hits(hits),
        _tell_memory(memory),
        _tell_others(),
    )
    return "\n".join(line for part in parts for line in part)


def _introduce(setting: Setting) -> list[str]:
    return [
        "# Images by URL",
        "",
        f"Made by `make bench-url` on {datetime.now(UTC):%Y-%m-%d}, on {os.cpu_count()} cores. The machine's load "
        f"average of fifteen minutes was {os.getloadavg()[2]:.0f};",
        "a higher load makes wall times less reliable.",
        "",
        "## Misses",
        "",
        f"{setting.sources} sources, each made to fit {setting.side} x {setting.side} pixels by {setting.processes} "
        "processes. They are compared with a bare loop of libvips with",
        "imgproxy's defaults, without confinement. Figures are medians, ours first. Ratios are our speed divided by",
        f"the loop's, over alternating rounds, with their range; the aim is at least {ASKED}. CPU is that of all "
        "processes for one variant; scores are SSIMULACRA2's.",
        "A known source has had a variant before, so that its header has been read. Neither side includes fetching,",
        "digests and storing.",
        "",
        "| format | source | CPU ms | ratio | variants a second | ratio | bytes | scores |",
        "|---|---|---|---|---|---|---|---|",
    ]


def _tell_hits(hits: Hits) -> list[str]:
    return [
        "",
        "## Hits",
        "",
        f"{hits.count:,} of them over HTTP at {RATE} a second, on uvicorn and the embedded cloud, without the edge's "
        "cache, in",
        f"milliseconds from their scheduled time; the aim for the 95th percentile is {MOST_MILLISECONDS:g}.",
        "",
        "| median | 95th percentile | 99th | longest |",
        "|---|---|---|---|",
        f"| {hits.median:.1f} | {hits.percentile_95:.1f} | {hits.percentile_99:.1f} | {hits.longest:.0f} |",
    ]


def _tell_memory(memory: Sequence[tuple[int, float]]) -> list[str]:
    return [
        "",
        "## Memory",
        "",
        "Memory of all processes together while variants of many sizes are made, as JPEG and WebP:",
        "",
        "| variants made | MB |",
        "|---|---|",
        *(f"| {count:,} | {held:.0f} |" for count, held in memory),
    ]


def _tell_others() -> list[str]:
    return [
        "",
        "## Other programs, by their documentation",
        "",
        "Not measured here: requests a second at 512 pixels on 2 vCPU, from imagor's documentation of May 2026, for",
        "imagor and imgproxy. Machine and sources differ from those above.",
        "",
        "| format | imgproxy 4.0.3 | imagor 1.9.1 |",
        "|---|---|---|",
        *(f"| {name} | {imgproxy} | {imagor} |" for name, (imgproxy, imagor) in DOCUMENTED.items()),
        "",
    ]
