"""npm's packages. `python -m supply_chain.npm` updates each package-lock.json, within what its package.json allows."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

from cdk.node import PROGRAMS, run_npm
from cdk.paths import FUNCTIONS, ROOT

# What is deployed with, what pages load, what draws in docs/, what makes clients, what benchmarks compare with, and
# what tests run.
NPM_FOLDERS = (
    PROGRAMS,
    FUNCTIONS / "api" / "static" / "vendored",
    ROOT / "docs" / "npm",
    ROOT / "typescript_client" / "generators",
    ROOT / "benchmarks" / "peers",
    *(ROOT / "tests" / "e2e" / name for name in ("axe", "eventsource", "imgproxy", "tinify")),
)
# Packages that are newer are not taken, as pyproject.toml has it for Python's.
DAYS = 7


@dataclass(frozen=True)
class Package:
    """`sha512` is that of the archive, in hexadecimal digits; `licence` is as its authors write it, if they do."""

    name: str
    version: str
    sha512: str
    licence: str | None


def main() -> None:
    for folder in NPM_FOLDERS:
        lock(folder)


def lock(folder: Path) -> None:
    run_npm(
        "update", "--prefix", str(folder), "--package-lock-only", "--omit-lockfile-registry-resolved",
        f"--min-release-age={DAYS}", "--ignore-scripts", "--no-audit", "--no-fund",
    )  # fmt: skip


def locked(folder: Path) -> list[Package]:
    rows = json.loads((folder / "package-lock.json").read_text())["packages"]
    return [_package(path, row) for path, row in rows.items() if path]


def _package(path: str, row: dict[str, str]) -> Package:
    """`path` is where it is installed, as in `node_modules/a/node_modules/@scope/b`."""
    algorithm, digest = row["integrity"].split("-", 1)
    if algorithm != "sha512":
        raise ValueError(f"{path} is locked by {algorithm}, not by sha512")
    name = path.rpartition("node_modules/")[2]
    return Package(name, row["version"], base64.b64decode(digest).hex(), row.get("license"))


if __name__ == "__main__":
    main()
