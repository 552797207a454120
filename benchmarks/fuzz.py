"""`make fuzz` sends thousands of damaged files through header reading and the whole pipeline.

Each file has to end with a readable result or with one of the service's errors. A crash, a hang or a leftover file
fails the run. Such files are kept in build/fuzz. The same seed gives the same files.
"""

import argparse
import os
import resource
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from imgopt.errors import PUBLIC_NAMES, ImgoptError
from imgopt.imaging.options import ProcessingSettings
from local.private_files import ROOT

KEPT = ROOT / "build" / "fuzz"
BATCH = 250
# No file of this size may take longer, even on a busy machine.
HANG_SECONDS = 60
MEMORY_BYTES = 4 << 30
ACCEPTED, CRASH, HANG, LEFT = "accepted", "CRASH", "HANG", "FILES LEFT"


def main() -> None:
    arguments = parse_arguments()
    if arguments.batch is not None:
        run_batch(arguments.seed, arguments.batch, arguments.inputs)
        return
    shutil.rmtree(KEPT, ignore_errors=True)
    started = time.monotonic()
    batches = [(start, min(BATCH, arguments.inputs - start)) for start in range(0, arguments.inputs, BATCH)]
    with ThreadPoolExecutor(arguments.workers) as pool:
        outcomes = sum(pool.map(lambda batch: watch(arguments.seed, *batch), batches), Counter())
    sys.exit(report(outcomes, arguments, time.monotonic() - started))


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Damaged files through the whole pipeline.")
    parser.add_argument("--inputs", type=int, default=20_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--batch", type=int, help=argparse.SUPPRESS)
    return parser.parse_args()


def report(outcomes: Counter[str], arguments: argparse.Namespace, seconds: float) -> int:
    """Prints the outcomes, and returns the exit code: 1 if one is not a result or an error of the service."""
    bad = {name: count for name, count in outcomes.items() if name not in (ACCEPTED, *PUBLIC_NAMES)}
    print(f"{arguments.inputs} inputs (seed {arguments.seed}) in {seconds:.0f} s")
    for name, count in outcomes.most_common():
        print(f"  {count:6}  {name}")
    bad_files = ", ".join(f"{name.lower()}: {outcomes[name]}" for name in (CRASH, HANG, LEFT))
    print(f"{bad_files}; all bad outcomes: {sum(bad.values())}")
    return 1 if bad else 0


def watch(seed: int, start: int, count: int) -> Counter[str]:
    """Runs a batch in child processes. If one ends early, the next continues after that file."""
    outcomes: Counter[str] = Counter()
    end = start + count
    while start < end:
        with tempfile.TemporaryDirectory(prefix="imgopt-fuzz-") as folder:
            for name in read_outcomes(seed, start, end - start, Path(folder)):
                outcomes[name] += 1
                if name not in (ACCEPTED, *PUBLIC_NAMES):
                    keep(seed, start, name)
                start += 1
            left = len(list(Path(folder).iterdir()))
        if left:
            outcomes[LEFT] += left
    return outcomes


def read_outcomes(seed: int, start: int, count: int, folder: Path) -> Iterator[str]:
    """One outcome per file. The last one is CRASH or HANG if the child did not finish."""
    numbers = ["--seed", str(seed), "--batch", str(start), "--inputs", str(count)]
    command = [sys.executable, "-m", "benchmarks.fuzz", *numbers]
    environment = {**os.environ, "TMPDIR": str(folder), "IMGOPT_STAGE_SECONDS": "20", "IMGOPT_MAX_PIXELS": "2000000"}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment) as child:
        for _ in range(count):
            line = read_line(child, child.stdout.fileno() if child.stdout else 0)
            if not line.endswith("\n"):
                yield HANG if child.poll() is None else CRASH
                child.kill()
                return
            yield line.strip()


def read_line(child: "subprocess.Popen[bytes]", source: int) -> str:
    """The next line; empty after HANG_SECONDS, or when the child has ended."""
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([source], [], [], HANG_SECONDS)
        if not ready:
            return ""
        piece = os.read(source, 1)
        if not piece:
            child.wait()
            return ""
        line += piece
    return line.decode()


def keep(seed: int, index: int, name: str) -> None:
    from tests import mutated_files

    data, settings = mutated_files.numbered(seed, index)
    kept = KEPT / f"{seed}-{index}"
    KEPT.mkdir(parents=True, exist_ok=True)
    kept.with_suffix(".bin").write_bytes(data)
    kept.with_suffix(".json").write_text(settings.model_dump_json())
    print(f"{name}: {kept}.bin", flush=True)


def run_batch(seed: int, start: int, count: int) -> None:
    """The child process: prints a line with the outcome of each file."""
    from tests import mutated_files

    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    for index in range(start, start + count):
        print(outcome(*mutated_files.numbered(seed, index)), flush=True)


def outcome(data: bytes, settings: ProcessingSettings) -> str:
    from tests import mutated_files

    try:
        mutated_files.attempt(data, settings)
    except ImgoptError as error:
        return type(error).__name__
    except Exception as error:
        return f"{type(error).__name__} {str(error)[:120]!r}"
    return ACCEPTED


if __name__ == "__main__":
    main()
