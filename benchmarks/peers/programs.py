"""Runs the Node peers, which package-lock.json names."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.corpus import Sample
from benchmarks.trials import Encoded, Encoder
from cdk.node import NODE, install

HERE = Path(__file__).parent


@cache
def versions() -> dict[str, str]:
    """The versions of the peers, by name."""
    found: dict[str, str] = json.loads((HERE / "package.json").read_text())["dependencies"]
    return found


def sharp(format_name: str, *, flat: bool = False, fixed: bool = False, **options: Any) -> Encoder:
    """sharp on one thread, from decoded pixels. If it is `fixed`, it does the same at any quality."""

    def run(sample: Sample, qualities: list[int], repeats: int) -> Iterator[Encoded]:
        asked = {"input": str(sample.path), "format": format_name, "options": options, "flat": flat, "fixed": fixed}
        yield from run_sharp(asked, qualities, repeats)

    key = f"sharp {versions()['sharp']} {format_name} {json.dumps(options)}{' fixed' if fixed else ''}"
    return Encoder(key, run, flat)


def run_sharp(asked: dict[str, Any], qualities: list[int], repeats: int) -> list[Encoded]:
    with tempfile.TemporaryDirectory() as folder:
        whole = {**asked, "qualities": qualities, "folder": folder, "repeats": repeats}
        rows = run_script("sharp.mjs", json.dumps(whole))
        return [Encoded(row["quality"], Path(row["file"]).read_bytes(), row["seconds"]) for row in rows]


def run_script(name: str, *arguments: str) -> list[dict[str, Any]]:
    environment = {**os.environ, "PEERS": str(install(HERE).parent), "UV_THREADPOOL_SIZE": "1"}
    command: list[str | Path] = [NODE, HERE / name, *arguments]
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]
