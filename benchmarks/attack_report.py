"""Writes ATTACK.md: the figures of `make bench-attack`, beside those without budgets."""

import json
from datetime import date
from pathlib import Path
from typing import Any

BEFORE, PAGE = (Path(__file__).parent / "attacks" / "before.json", Path(__file__).parent / "ATTACK.md")
CAP_SECONDS = 90
CPU_TARGET, MEMORY_TARGET = 15, 2400
HEAD = (
    "# What the worst inputs cost",
    "",
    f"Made by `make bench-attack` on {date.today():%Y-%m-%d}. Each row is one job. *s* is its CPU time in seconds,",
    "*s / credit* the CPU time for each credit that it costs, and *MB* the peak memory of its processes in megabytes.",
    "The columns before *s now* were measured before jobs had budgets; an empty cell was not measured. The targets are",
    f"at most {CPU_TARGET} CPU seconds per credit and {MEMORY_TARGET} MB. Noise is the worst input of every encoder;",
    f"photos cost less. The benchmark ended a job after {CAP_SECONDS} seconds.",
    "",
    "*result* is the format, the encoder, the quality and the size of the result, or the error. The encoder `none`",
    "means that the input was returned unchanged. `1 byte` and `10 MB` are requested limits on the size of the result.",
    "",
    "| input and request | credits | s before | s / credit | MB | s now | s / credit | MB | result |",
    "|---|---|---|---|---|---|---|---|---|",
)


def report(known: dict[str, Any]) -> int:
    """Writes the page, and returns the exit code: 1 if a target is missed."""
    before = json.loads(BEFORE.read_text())
    rows = [row(name, before.get(name), figures) for name, figures in known.items()]
    PAGE.write_text("\n".join([*HEAD, *rows]) + "\n")
    missed = [name for name, figures in known.items() if misses(figures)]
    print("\n".join(["missed:", *missed]) if missed else "All within the targets.")
    return bool(missed)


def misses(figures: dict[str, Any]) -> bool:
    return per_credit(figures) > CPU_TARGET or figures["megabytes"] > MEMORY_TARGET


def per_credit(figures: dict[str, Any]) -> float:
    return float(figures["seconds"] / max(1, figures["credits"]))


def row(name: str, before: dict[str, Any] | None, now: dict[str, Any]) -> str:
    cells = [*(cost(before) if before else ("", "", "")), *cost(now)]
    return f"| {name} | {now['credits']} | {' | '.join(cells)} | {now['outcome'].replace('|', '/')} |"


def cost(figures: dict[str, Any]) -> tuple[str, str, str]:
    more = "> " if figures["ended"] else ""
    return f"{more}{figures['seconds']:g}", f"{more}{per_credit(figures):.1f}", f"{figures['megabytes']:g}"
