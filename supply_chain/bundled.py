"""Libraries that are bundled in wheels.

There are three sources: SBOMs in wheels (PEP 770), shared libraries in wheels, and versions that libraries report. Only
this machine's wheels are inspected; those of other platforms are built from the same release.
"""

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

from supply_chain.components import Component, ComponentKind, Digest
from supply_chain.self_reported import reported_by

SBOM = re.compile(r"\.dist-info/sboms/[^/]+\.json$")
# The folders in which tools that repair wheels put shared libraries, on Linux and on macOS.
LIBRARY = re.compile(r"\.(?:libs|dylibs)/[^/]+$")


def parts_of(installed: Distribution, places: frozenset[str]) -> list[Component]:
    """The bundled libraries, sorted by name without duplicates. Build tools are left out."""
    files = [str(file) for file in installed.files or ()]
    sboms, libraries = ([_path(installed, file) for file in files if kind.search(file)] for kind in (SBOM, LIBRARY))
    found = [*_described(installed, sboms, places), *_self_reported(installed, places), *_files(libraries, places)]
    unique = {(part.name, part.version, part.purl): part for part in reversed(found)}
    return [unique[key] for key in sorted(unique, key=lambda key: tuple(map(str, key)))]


def _path(installed: Distribution, file: str) -> Path:
    return Path(str(installed.locate_file(file)))


def _described(installed: Distribution, sboms: Iterable[Path], places: frozenset[str]) -> Iterator[Component]:
    """The components in SBOMs of the format CycloneDX. Other formats have none."""
    wheel = f"pkg:pypi/{installed.name.lower().replace('_', '-')}@"  # metadata are parsed each time
    for path in sboms:
        for row in _rows(json.loads(path.read_text()).get("components", ())):
            if row.get("scope") != "excluded" and not _is_part_of_itself(row, wheel):
                yield _from_sbom(row, places)


def _is_part_of_itself(row: dict[str, Any], wheel: str) -> bool:
    """Whether the component is the wheel itself, which the SBOM of a repair tool lists."""
    own: str = row.get("purl", "")
    return own.lower().replace("_", "-").startswith(wheel)


def _rows(rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield row
        yield from _rows(row.get("components", ()))


def _from_sbom(row: dict[str, Any], places: frozenset[str]) -> Component:
    digests = tuple(Digest(each["alg"], each["content"]) for each in row.get("hashes", ()))
    licence = " AND ".join(filter(None, map(_licence, row.get("licenses", ()))))
    return Component(
        row["name"],
        row.get("version"),
        places,
        purl=row.get("purl"),
        licence=licence or None,
        digests=digests,
        source="the wheel's SBOM",
    )


def _licence(row: dict[str, Any]) -> str | None:
    named: dict[str, str] = row.get("license", {})
    return row.get("expression") or named.get("id") or named.get("name")


def _self_reported(installed: Distribution, places: frozenset[str]) -> Iterator[Component]:
    for library in reported_by(installed):
        yield Component(library.name, library.version, places, purl=library.purl, source="the library itself")


def _files(libraries: Iterable[Path], places: frozenset[str]) -> Iterator[Component]:
    for path in libraries:
        digest = Digest("SHA-256", hashlib.sha256(path.read_bytes()).hexdigest())
        yield Component(path.name, None, places, ComponentKind.FILE, digests=(digest,), source="the wheel's files")
