"""`make bench-conformance` reads every file with both decoders, and writes CONFORMANCE.md.

A child process reads one file after the other, and prints a line for each. If it ends or hangs, another child continues
after that file.
"""

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import chain

from benchmarks.conformance.reading import CRASHED, HUNG, Outcome, read_by_both
from benchmarks.conformance.report import unexplained, write
from benchmarks.conformance.sources import File, files
from benchmarks.fuzz import read_line

WORKERS = 2
BATCH = 60


def main() -> None:
    arguments = parse_arguments()
    known = [file for file in files() if arguments.only in file.label]
    if arguments.batch is not None:
        read_batch(known[arguments.batch : arguments.batch + BATCH])
        return
    started = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        batches = pool.map(lambda start: list(watch(known, start, arguments.only)), range(0, len(known), BATCH))
        outcomes = list(chain.from_iterable(batches))
    left = unexplained(outcomes)
    for outcome in outcomes if arguments.only else left:
        print(f"{outcome.verdict}: {outcome.label}: {outcome.detail}")
    if not arguments.only:
        write(outcomes)
    print(f"{len(outcomes)} files in {time.monotonic() - started:.0f} s, {len(left)} differences without explanation")
    sys.exit(1 if left else 0)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Files of other projects by the service and by a second decoder.")
    parser.add_argument("--only", default="", help="files whose package or path has this in it; writes no page")
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def watch(known: list[File], start: int, only: str) -> Iterator[Outcome]:
    end = min(start + BATCH, len(known))
    while start < end:
        for outcome in read_outcomes(known[start:end], start, only):
            yield outcome
            start += 1


def read_outcomes(batch: list[File], start: int, only: str) -> Iterator[Outcome]:
    """The outcome of each file, up to the first file at which the child did not finish."""
    command = [sys.executable, "-m", "benchmarks.conformance", "--batch", str(start), "--only", only]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
        for file in batch:
            line = read_line(child, child.stdout.fileno() if child.stdout else 0)
            if not line.endswith("\n"):
                yield Outcome(file.label, "others", "", HUNG if child.poll() is None else CRASHED)
                child.kill()
                return
            yield Outcome(**json.loads(line))
        child.kill()


def read_batch(batch: list[File]) -> None:
    """The child process. The output of libraries goes elsewhere."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    for file in batch:
        print(json.dumps(asdict(read_by_both(file))), file=answers, flush=True)


if __name__ == "__main__":
    main()
