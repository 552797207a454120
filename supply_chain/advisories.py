"""Requests to services that know vulnerabilities of locked components."""

import json
import os
import subprocess
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from packageurl import PackageURL

from cdk.node import ask_npm
from cdk.paths import ROOT, UV
from supply_chain import npm
from supply_chain.components import Component, ComponentKind, flat
from supply_chain.python import packages

# The variable with the URL of another service with OSV's protocol. For Python packages, uv asks OSV itself.
OSV_URL, OSV = "OSV_URL", "https://api.osv.dev"
# The types of packages that are found by package URL, and OSV's ecosystem for libraries outside registries.
BY_PURL = ("cargo", "npm")
LIBRARY_ECOSYSTEM = "OSS-Fuzz"
MOST_QUERIES = 1000  # in one request, by OSV's protocol
ADVISORY_SECONDS = 60
FOUND_BY_UV = 1  # exit code; others except 0 are failures


class NotAudited(RuntimeError):
    """A service did not answer. The message is the reason."""


@dataclass(frozen=True)
class Advisories:
    """The answer of a service: the number of components asked about, a line for each vulnerability in `flaws`, and in
    `unknown` the components without a known version.
    """

    queried: int
    flaws: tuple[str, ...]
    unknown: tuple[str, ...] = ()


def of_python() -> Advisories:
    """Asks about all packages in uv.lock. Raises NotAudited."""
    command = [str(UV), "audit", "--frozen", "--preview-features", "audit-command,json-output"]
    command += ["--output-format", "json", "--quiet"]
    if os.environ.get(OSV_URL):
        command += ["--service-url", os.environ[OSV_URL]]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode not in (0, FOUND_BY_UV):
        raise NotAudited(_last_line(done.stderr))
    report = json.loads(done.stdout)
    return Advisories(report["summary"]["audited_packages"], tuple(map(_of_uv, report["vulnerabilities"])))


def _of_uv(row: dict[str, Any]) -> str:
    package, names = row["dependency"], ", ".join([row["id"], *row["aliases"]])
    mended = f"; fixed in {', '.join(row['fix_versions'])}" if row["fix_versions"] else ""
    return f"{package['name']} {package['version']}: {names}: {row['summary']}{mended}"


def of_node() -> Advisories:
    """Asks about all packages in npm's locks. Raises NotAudited."""
    flaws = [flaw for folder in npm.NPM_FOLDERS for flaw in _of_npm(_npm_audit(folder))]
    return Advisories(sum(len(npm.locked(folder)) for folder in npm.NPM_FOLDERS), tuple(dict.fromkeys(flaws)))


def _npm_audit(folder: Path) -> str:
    return ask_npm("audit", "--prefix", str(folder), "--package-lock-only", "--json")


def _of_npm(answer: str) -> Iterator[str]:
    report = json.loads(answer or "{}")
    if "auditReportVersion" not in report:
        raise NotAudited(report.get("message") or "npm gave no report")
    for name, row in report["vulnerabilities"].items():
        titles = [via if isinstance(via, str) else f"{via['title']} ({via['url']})" for via in row["via"]]
        yield f"{name} {row['range']}: {row['severity']}: {', '.join(titles)}"


def of_wheels() -> Advisories:
    """Asks about the libraries that are bundled in wheels. Raises NotAudited."""
    parts = list(_parts(packages()))
    queried = [(part, holder) for part, holder in parts if _query(part)]
    unknown = [f"{part.name} in {holder}" for part, holder in parts if not _query(part)]
    found = _osv([_query(part) for part, _ in queried])
    flaws = [
        f"{part.name} {part.version} in {holder}: {', '.join(names)}"
        for (part, holder), names in zip(queried, found, strict=True)
        if names
    ]
    return Advisories(len(queried), tuple(flaws), tuple(unknown))


def _parts(components: Iterable[Component]) -> Iterator[tuple[Component, str]]:
    for component in components:
        for part in flat(component.parts):
            if part.kind is not ComponentKind.FILE:
                yield part, component.name


def _query(part: Component) -> dict[str, Any]:
    """The query for a component. Empty if its version is unknown, or that of a Linux distribution's package."""
    purl = PackageURL.from_string(part.purl) if part.purl else None
    if not part.version or (purl and purl.type == "rpm"):
        return {}
    if purl and purl.type in BY_PURL:
        return {"package": {"purl": PackageURL(purl.type, purl.namespace, purl.name, part.version).to_string()}}
    return {"package": {"name": part.name.lower(), "ecosystem": LIBRARY_ECOSYSTEM}, "version": part.version}


def _osv(queries: list[dict[str, Any]]) -> list[list[str]]:
    """The ids of vulnerabilities for each query."""
    address, found = os.environ.get(OSV_URL, OSV).rstrip("/"), []
    try:
        for start in range(0, len(queries), MOST_QUERIES):
            body = {"queries": queries[start : start + MOST_QUERIES]}
            answer = (
                httpx2.post(f"{address}/v1/querybatch", json=body, timeout=ADVISORY_SECONDS).raise_for_status().json()
            )
            found += [[flaw["id"] for flaw in row.get("vulns", ())] for row in answer["results"]]
    except (httpx2.HTTPError, ValueError, KeyError) as error:
        raise NotAudited(f"{type(error).__name__}: {error}") from error
    return found


def _last_line(text: str) -> str:
    return (text.strip().splitlines() or ["uv gave no reason"])[-1].strip()
