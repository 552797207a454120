"""`make bench-attack` measures CPU seconds and memory per credit of the most expensive known inputs, in ATTACK.md.

Each job runs as in its stage, in its own process. CPU time includes child processes. Memory is the peak of all
processes together, sampled every 20 ms. A job that runs for more than `CAP_SECONDS` is ended, and shown as "more than".
`--as before` writes the figures with which later runs are compared.
"""

import argparse
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.attack_report import BEFORE, CAP_SECONDS, report
from benchmarks.attack_stages import work
from local.private_files import ROOT

FOLDER = ROOT / "build" / "attack"
WALL_SECONDS = 400
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Case:
    """A case: the name of an input, the settings, and the stage."""

    source: str
    asked: str
    settings: dict[str, Any]
    stage: str = "pixels"

    @property
    def name(self) -> str:
        return f"{self.source} → {self.asked}"


@dataclass(frozen=True)
class Figures:
    """The figures of a case. `outcome` is the format of the result or the name of an error; `ended` is a timeout."""

    seconds: float
    megabytes: float
    credits: int
    outcome: str
    size: int = 0
    ended: bool = False


def main() -> None:
    arguments = parse_arguments()
    if arguments.job:
        work(json.loads(arguments.job))
        return
    FOLDER.mkdir(parents=True, exist_ok=True)
    book = FOLDER / f"{arguments.label}.json"
    known = json.loads(book.read_text()) if book.exists() else {}
    for case in chosen(arguments.only):
        if case.name in known and not arguments.again:
            continue
        known[case.name] = asdict(measure(case))
        book.write_text(json.dumps(known, indent=1))
        print(case.name, known[case.name], flush=True)
    if arguments.label == "before":
        BEFORE.write_text(json.dumps(known, indent=1) + "\n")
    elif not arguments.only:
        sys.exit(report(known))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="What the worst inputs cost.")
    parser.add_argument("--only", default="", help="cases whose name this pattern finds")
    parser.add_argument("--as", dest="label", default="now")
    parser.add_argument("--again", action="store_true", help="also what an earlier run has measured")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    return parser.parse_args()


def chosen(only: str) -> Iterator[Case]:
    from benchmarks.attacks.cases import CASES

    return (case for case in CASES if re.search(only, case.name))


def measure(case: Case) -> Figures:
    """Runs a job in a child process and measures it. Inputs are created once and kept."""
    path = FOLDER / case.source
    if not path.exists():
        command = [
            sys.executable,
            "-c",
            "from benchmarks.attack import make; import sys; make(sys.argv[1])",
            case.source,
        ]
        subprocess.run(command, check=True)
    job = json.dumps({"path": str(path), "settings": case.settings, "stage": case.stage})
    command = [sys.executable, "-m", "benchmarks.attack", "--job", job]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True) as child:
        peak, ended = watch(child)
        said = child.stdout.read() if child.stdout else ""
    found = json.loads(said or "{}")
    return Figures(
        seconds=round(found.get("seconds", CAP_SECONDS if ended else 0), 1),
        megabytes=round(max(peak, found.get("megabytes", 0))),
        credits=found.get("credits", 0),
        outcome=found.get("outcome", "ended" if ended else f"exit {child.returncode}"),
        size=found.get("size", 0),
        ended=ended,
    )


def make(name: str) -> None:
    from benchmarks.attacks import INPUTS

    (FOLDER / name).write_bytes(INPUTS[name]())


def watch(child: "subprocess.Popen[str]") -> tuple[float, bool]:
    """The peak memory in MB of a process and its descendants together, and whether they had to be ended."""
    peak, until = 0.0, time.monotonic() + WALL_SECONDS
    while child.poll() is None:
        family = list(descend(child.pid))
        peak = max(peak, sum(map(resident, family)) / 1e6)
        if sum(map(spent, family)) > CAP_SECONDS or time.monotonic() > until:
            for pid in family:
                os.kill(pid, 9)
            return peak, True
        time.sleep(0.02)
    return peak, False


def descend(pid: int) -> Iterator[int]:
    yield pid
    try:
        for task in Path(f"/proc/{pid}/task").iterdir():
            for other in (task / "children").read_text().split():
                yield from descend(int(other))
    except OSError:
        return


def resident(pid: int) -> int:
    """The private memory of a process in bytes, without shared pages."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return int(pages[1]) * PAGE_BYTES


def spent(pid: int) -> float:
    """The CPU seconds of a process and of its children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


if __name__ == "__main__":
    main()
