"""What the project is made of, as records."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum


class ComponentKind(StrEnum):
    """By CycloneDX's names."""

    FILE = "file"
    IMAGE = "container"
    LIBRARY = "library"
    NETWORK = "machine-learning-model"
    PROGRAM = "application"


class Place:
    """Where a component goes. What is for development is what `make up`, `make test` and `make deploy` run."""

    CONTAINER = "container"
    CONTAINER_BUILD = "container, to build it"
    DEVELOPMENT = "development"

    @staticmethod
    def layer(name: str) -> str:
        return f"function layer {name}"


@dataclass(frozen=True)
class Digest:
    """`algorithm` by CycloneDX's name, as in SHA-256; `value` in hexadecimal digits."""

    algorithm: str
    value: str


@dataclass(frozen=True)
class Archive:
    """A file that a component may be fetched as."""

    name: str
    digest: Digest


@dataclass(frozen=True)
class Component:
    """`version` is None where nothing tells it, `purl` (a package URL) where no registry has it.

    `parts` are what it brings along; `source` says how a part is known.
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
