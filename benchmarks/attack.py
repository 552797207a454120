"""`make bench-attack`: CPU seconds and memory per credit of the dearest inputs that are known, in ATTACK.md.

Each job runs as its stage does, in a process of its own; CPU time is that of the process and all that it started, and
memory the most that they held together, looked at every 20 ms. A job that goes beyond `CAP_SECONDS` is ended: it is
shown as "more than". `--as before` writes the figures that later runs are compared with.
"""

import argparse
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from ctypes import CDLL
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from local.private_files import ROOT

PR_SET_PDEATHSIG, SIGKILL = 1, 9  # <linux/prctl.h>, <signal.h>
FOLDER = ROOT / "build" / "attack"
BEFORE, PAGE = (Path(__file__).parent / "attacks" / "before.json", Path(__file__).parent / "ATTACK.md")
CAP_SECONDS, WALL_SECONDS = 90, 400
CPU_TARGET, MEMORY_TARGET = 15, 2400
TICKS = os.sysconf("SC_CLK_TCK")
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True)
class Case:
    """An input by its name, what is asked of it, and by which stage."""

    source: str
    asked: str
    settings: dict[str, Any]
    stage: str = "pixels"

    @property
    def name(self) -> str:
        return f"{self.source} → {self.asked}"


@dataclass(frozen=True)
class Figures:
    """`outcome` is the format that came out, or the name of an error; `ended` where the benchmark lost patience."""

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
    """Runs a job in a child and watches it. Inputs are made once, and kept."""
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
    """The most megabytes that a process and its descendants hold together; and whether they had to be ended."""
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
    """Bytes of its own: what it shares with others is theirs, too."""
    try:
        pages = Path(f"/proc/{pid}/statm").read_text().split()
    except OSError:
        return 0
    return int(pages[1]) * PAGE_BYTES


def spent(pid: int) -> float:
    """CPU seconds, with those of children that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return sum(map(int, fields[11:15])) / TICKS


def work(job: dict[str, Any]) -> None:
    """The child's side: the job, and what it took."""
    CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    from io import BytesIO

    from imgopt.codecs.format import Limits
    from imgopt.codecs.header import read_header
    from imgopt.credits.cost import cost_of
    from imgopt.errors import ImgoptError
    from imgopt.imaging.options import ProcessingSettings
    from imgopt.imaging.plan import check_image
    from imgopt.sandbox import forking

    data, options = Path(job["path"]).read_bytes(), ProcessingSettings.model_validate(job["settings"])
    found: dict[str, Any] = {}
    began = cpu_seconds()
    try:
        header = read_header(BytesIO(data), Limits(10**8, 1000, 4 * 10**8))
        check_image(header, options)
        found["credits"] = cost_of(header, options)
        found |= STAGES[job["stage"]](data, header, options)
    except ImgoptError as error:
        found["outcome"] = f"{type(error).__name__}: {error}"
    except MemoryError:
        found["outcome"] = "MemoryError"
    forking.stop()
    found["seconds"] = cpu_seconds() - began
    found["megabytes"] = max(resource.getrusage(who).ru_maxrss for who in USAGES) / 1e3
    print(json.dumps(found))


USAGES = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)


def cpu_seconds() -> float:
    usages = [resource.getrusage(who) for who in USAGES]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


def make_pixels(data: bytes, header: Any, options: Any) -> dict[str, Any]:
    from imgopt.credits.budgets import budget_for_pixels
    from imgopt.imaging.sandboxed import optimize_sandboxed

    made = optimize_sandboxed(data, header, options, budget_for_pixels(header, options))
    artifact = made.artifact
    return {
        "outcome": f"{artifact.format} {artifact.encoder} {artifact.quality} {artifact.width}x{artifact.height}",
        "size": len(made.data),
    }


def make_tags(data: bytes, header: Any, _options: Any) -> dict[str, Any]:
    from imgopt.credits.budgets import budget_for_tagging
    from imgopt.imaging.tagging_input import view_apart
    from imgopt.tagging.model import TaggingFailed
    from imgopt.tagging.offline import OfflineTagger

    try:
        seen = view_apart(data, header, budget_for_tagging(header))
        return {"outcome": f"words: {OfflineTagger().tag(seen, 'en').alt_text[:20]}"}
    except TaggingFailed:
        return {"outcome": "no words"}


def enlarge(data: bytes, header: Any, options: Any) -> dict[str, Any]:
    from imgopt.imaging.steps.decode import decode
    from imgopt.upscale.service import upscale

    larger, report = upscale(decode(data, header.format).image, options.output_upscale_factor)
    return {"outcome": f"{report.model} {larger.width}x{larger.height}"}


STAGES = {"pixels": make_pixels, "words": make_tags, "upscale": enlarge}


def report(known: dict[str, Any]) -> int:
    """Writes the page; the exit status is 1 where a target is missed."""
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


HEAD = (
    "# What the worst inputs cost",
    "",
    f"Made by `make bench-attack` on {date.today():%Y-%m-%d}: CPU seconds of a job in all, those per credit, and the",
    "most megabytes that its processes hold together; before there were budgets, and now. The target is at most",
    f"{CPU_TARGET} CPU seconds a credit and {MEMORY_TARGET} MB. Noise is what no encoder likes: photos cost less.",
    f"A job that took more than {CAP_SECONDS} seconds was ended by the benchmark.",
    "",
    "| input and what is asked | credits | s before | s / credit | MB | s now | s / credit | MB | comes out |",
    "|---|---|---|---|---|---|---|---|---|",
)


if __name__ == "__main__":
    main()
