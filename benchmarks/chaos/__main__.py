"""`make chaos` or `python -m benchmarks.chaos --only NAME` prints a table; the exit code is 1 if something is wrong."""

import argparse
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.chaos import faults
from benchmarks.chaos.faults import HEAD
from benchmarks.chaos.scenarios import SCENARIOS, Scenario
from benchmarks.chaos.work import Outcome, Website
from local.demo_limits import raise_limits
from local.processes import Stopped, end_on_signals

FAULTS = "faults"
NAMES = [*SCENARIOS, FAULTS]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.chaos")
    parser.add_argument(
        "--only", choices=sorted([*SCENARIOS, FAULTS]), action="append", help="one or more of the scenarios"
    )
    names = parser.parse_args().only or NAMES
    end_on_signals()
    raise_limits()
    print(HEAD, flush=True)
    with website() as site:
        outcomes = [run(name, SCENARIOS[name], site) for name in names if name != FAULTS]
    rows = faults.measure() if FAULTS in names else []
    problems = [*(each.problems for each in outcomes), *(each.problems for each in rows)]
    return 1 if any(problems) else 0


def run(name: str, scenario: Scenario, site: Website) -> Outcome:
    began = time.monotonic()
    try:
        outcome = scenario(site)
    except PermissionError as error:
        print(f"| {name} | skipped | | {error} |", flush=True)
        return Outcome()
    except (Exception, subprocess.SubprocessError) as error:
        outcome = Outcome(problems=[f"{type(error).__name__}: {error}"])
    wrong = "; ".join(outcome.problems) or "nothing"
    print(f"| {name} | {outcome.completed} | {outcome.longest:.0f} | {wrong} |", flush=True)
    print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return outcome


@contextmanager
def website() -> Iterator[Website]:
    with Website() as site:
        os.environ["IMGOPT_FETCH_TRUSTED_HOSTS"] = f"127.0.0.1:{site.server_port}"
        threading.Thread(target=site.serve_forever, daemon=True).start()
        yield site
        site.shutdown()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Stopped:
        sys.exit("stopped")
