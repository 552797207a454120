"""Python packages in uv.lock, and where each is used."""

import importlib.metadata
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from packageurl import PackageURL

from cdk.layers import LAYER_GROUPS, requirements_of
from cdk.paths import ROOT, UV
from gpu_container.requirements import BUILD_FILE, REQUIREMENTS_FILE
from supply_chain.bundled import parts_of
from supply_chain.components import Archive, Component, Digest, Place

UV_LOCK = ROOT / "uv.lock"


def packages() -> list[Component]:
    everywhere = dict(places())
    rows = tomllib.loads(UV_LOCK.read_text())["package"]
    return [_component(row, everywhere) for row in rows if "registry" in row["source"]]


def places() -> Iterator[tuple[str, set[str]]]:
    """Each place with its packages, as name==version."""
    for layer in LAYER_GROUPS:
        yield Place.layer(layer), required(requirements_of(layer).read_text())
    yield Place.CONTAINER, required(REQUIREMENTS_FILE.read_text())
    yield Place.CONTAINER_BUILD, required(BUILD_FILE.read_text()) | required(export("--only-group=models"))
    # Packages for GPUs are not installed here.
    yield Place.DEVELOPMENT, required(export("--all-groups", "--no-group=gpu"))


def export(*groups: str) -> str:
    command = [str(UV), "export", "--frozen", "--quiet", "--no-emit-project", "--no-hashes", "--no-header", *groups]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def required(requirements: str) -> set[str]:
    """The name==version of each requirement."""
    return {line.split()[0] for line in requirements.splitlines() if "==" in line.split(" ")[0]}


def _component(row: dict[str, Any], everywhere: dict[str, set[str]]) -> Component:
    name, version = row["name"], row["version"]
    goes_to = frozenset(place for place, names in everywhere.items() if f"{name}=={version}" in names)
    installed = _installed(name, version)
    return Component(
        name,
        version,
        goes_to,
        purl=PackageURL("pypi", None, name, version).to_string(),
        licence=installed.metadata.get("License-Expression") if installed else None,
        archives=tuple(_archives(row)),
        parts=tuple(parts_of(installed, goes_to)) if installed else (),
    )


def _archives(row: dict[str, Any]) -> Iterator[Archive]:
    for file in (*row.get("wheels", ()), *filter(None, [row.get("sdist")])):
        yield Archive(Path(file["url"]).name, Digest("SHA-256", file["hash"].removeprefix("sha256:")))


def _installed(name: str, version: str) -> importlib.metadata.Distribution | None:
    """The installed package. None if it is missing or has another version."""
    try:
        found = importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        return None
    return found if found.version == version else None
