"""npm packages. `python -m supply_chain.npm` updates each package-lock.json within the limits of its package.json."""

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
# The minimum age of a package, as for Python packages in pyproject.toml.
DAYS = 7


@dataclass(frozen=True)
class Package:
    """A package. `sha512` is the hexadecimal hash of its archive; `licence` is as its authors state it, or None."""

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
    """The package of a lock's row. `path` is where it is installed: `node_modules/a/node_modules/@scope/b`."""
    algorithm, digest = row["integrity"].split("-", 1)
    if algorithm != "sha512":
        raise ValueError(f"{path} is locked with {algorithm} rather than sha512")
    name = path.rpartition("node_modules/")[2]
    return Package(name, row["version"], base64.b64decode(digest).hex(), row.get("license"))


if __name__ == "__main__":
    main()
