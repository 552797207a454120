"""SVGs: the service at its default quality, compared with svgo's defaults."""

from collections.abc import Callable
from typing import Any

from benchmarks.corpus import Sample
from benchmarks.matching import Match
from benchmarks.peers.programs import run_script
from benchmarks.results import Outcome
from benchmarks.trials import cpu_seconds

QUALITY = 80
NAME, TARGET = f"SVG at quality {QUALITY} / svgo", 0.95


def compare_svgs(drawings: list[Sample]) -> Outcome:
    try:
        from imgopt.codecs import svg
    except ImportError:
        return Outcome(NAME, [], TARGET, note="not written yet")
    peers = {row["path"]: row for row in run_script("svgo.mjs", *(str(each.path) for each in drawings))}
    return Outcome(NAME, [_match(each, svg.optimize_svg, peers[str(each.path)]) for each in drawings], TARGET)


def _match(sample: Sample, optimize: Callable[[bytes, int], bytes], peer: dict[str, Any]) -> Match:
    data = sample.path.read_bytes()
    began = cpu_seconds()
    size = len(optimize(data, QUALITY))
    return Match(sample.name, sample.kind, {0: size / peer["bytes"]}, (cpu_seconds() - began) / peer["seconds"])
