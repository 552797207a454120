"""The table of the domain's packages, by layer: the purpose of each package, and the packages that it imports.

An import is left out if another import leads to the same package. Circular imports, which are errors, are always shown.
"""

import ast
import tomllib
from collections.abc import Iterator, Mapping

import grimp

from cdk.paths import LAYERS
from cdk.paths import ROOT as REPOSITORY

ROOT = "imgopt"
FOLDER = LAYERS / "domain" / "python" / ROOT
HEAD = "| layer | package | purpose | imports |\n|---|---|---|---|\n"
# Packages that all others import. They are left out of the column of imports.
EVERYWHERE = frozenset({"clock", "errors", "setting_types", "settings"})
Graph = Mapping[str, set[str]]


def render() -> str:
    return HEAD + "\n".join(_rows(read_graph()))


def _rows(graph: Graph) -> Iterator[str]:
    for number, names in enumerate(_layers(), 1):
        for name in names:
            imported = ", ".join(f"`{other}`" for other in sorted(direct(graph, name))) if name in graph else ""
            yield f"| {number} | `{name}` | {purpose_of(name)} | {imported} |"


def _layers() -> list[list[str]]:
    """Returns the layers of import-linter's contract in pyproject.toml."""
    contracts = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    return [line.split(" | ") for contract in contracts if contract["type"] == "layers" for line in contract["layers"]]


def purpose_of(name: str) -> str:
    """Returns the first paragraph of its docstring. Raises ValueError where it has none."""
    module, package = FOLDER / f"{name}.py", FOLDER / name / "__init__.py"
    text = ast.get_docstring(ast.parse((module if module.exists() else package).read_text()))
    if not text:
        raise ValueError(f"imgopt.{name} has no docstring that says its purpose")
    return " ".join(text.partition("\n\n")[0].split())


def read_graph() -> Graph:
    """Returns for each package or module of the root package those that it imports."""
    modules = grimp.build_graph(ROOT, cache_dir=None)
    names = sorted(child.split(".")[1] for child in modules.find_children(ROOT))
    known = [name for name in names if name not in EVERYWHERE]
    return {name: {other for other in known if other != name and imports(modules, name, other)} for name in known}


def imports(modules: grimp.ImportGraph, importer: str, imported: str) -> bool:
    found = modules.find_shortest_chains(f"{ROOT}.{importer}", f"{ROOT}.{imported}", as_packages=True)
    return any(len(chain) == 2 for chain in found)


def direct(graph: Graph, name: str) -> set[str]:
    """Returns the imports of a package: those that no other import leads to, and those that lead back to it."""
    others = graph[name]
    rings = {each for each in others if name in reach(graph, each)}
    return rings | {each for each in others if not any(each in reach(graph, via) for via in others - rings - {each})}


def reach(graph: Graph, start: str) -> set[str]:
    found, pending = set[str](), [start]
    while pending:
        new = graph[pending.pop()] - found
        found |= new
        pending += new
    return found
