"""`make imports` draws the imports between packages of the domain as a Mermaid graph for docs/architecture.md.

An arrow is left out if a longer path leads to the same package. A cycle of packages is an error.
"""

import sys
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp

ROOT = "imgopt"
# Modules that every package imports, which are left out.
EVERYWHERE = frozenset({"clock", "errors", "setting_types", "settings"})
Graph = Mapping[str, set[str]]


def main() -> None:
    """Prints the graph. An optional argument is the package folder of another version."""
    if len(sys.argv) > 1:
        sys.path.insert(0, str(Path(sys.argv[1]).resolve()))
    graph = read_graph()
    print("\n".join(["```mermaid", "flowchart TD", *draw(graph), "```"]))
    if ring := find_ring(graph):
        sys.exit(f"These packages import each other: {', '.join(ring)}")


def read_graph() -> Graph:
    """The imports of each package or module under the root, by name."""
    modules = grimp.build_graph(ROOT, cache_dir=None)
    names = sorted(child.split(".")[1] for child in modules.find_children(ROOT))
    known = [name for name in names if name not in EVERYWHERE]
    return {name: {other for other in known if other != name and imports(modules, name, other)} for name in known}


def imports(modules: grimp.ImportGraph, importer: str, imported: str) -> bool:
    found = modules.find_shortest_chains(f"{ROOT}.{importer}", f"{ROOT}.{imported}", as_packages=True)
    return any(len(chain) == 2 for chain in found)


def draw(graph: Graph) -> list[str]:
    return [f"    {name} --> {other}" for name in graph for other in sorted(direct(graph, name))]


def direct(graph: Graph, name: str) -> set[str]:
    """The imports of a package that are not reached through another import."""
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


def find_ring(graph: Graph) -> list[str]:
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        return list(error.args[1])
    return []


if __name__ == "__main__":
    main()
