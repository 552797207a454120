"""Records of the project's components."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class ComponentKind(StrEnum):
    """The kinds of components, by CycloneDX's names."""

    FILE = "file"
    IMAGE = "container"
    LIBRARY = "library"
    NETWORK = "machine-learning-model"
    PROGRAM = "application"


class Place:
    """Where a component is used. Development means `make up`, `make test` and `make deploy`."""

    CONTAINER = "container"
    CONTAINER_BUILD = "container, to build it"
    DEVELOPMENT = "development"

    @staticmethod
    def layer(name: str) -> str:
        return f"function layer {name}"


@dataclass(frozen=True)
class Digest:
    """A hash. `algorithm` is CycloneDX's name, such as SHA-256; `value` is hexadecimal."""

    algorithm: str
    value: str


@dataclass(frozen=True)
class Archive:
    """A file from which a component can be installed."""

    name: str
    digest: Digest


@dataclass(frozen=True)
class Component:
    """A component. `version` is None if unknown; `purl`, the package URL, is None if no registry has it.

    `parts` are bundled components. `source` says from where a part is known.
    """

    name: str
    version: str | None
    places: frozenset[str]
    kind: ComponentKind = ComponentKind.LIBRARY
    purl: str | None = None
    licence: str | None = None
    digests: tuple[Digest, ...] = ()
    archives: tuple[Archive, ...] = ()
    source: str | None = None
    parts: tuple["Component", ...] = field(default=(), repr=False)


def flat(components: Iterable[Component]) -> Iterator[Component]:
    """The components, each followed by its parts."""
    for component in components:
        yield component
        yield from flat(component.parts)
