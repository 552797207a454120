"""Reads the table of matrix.txt: a case for each of its cells, identities and resources."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from tests.authorization.identities import Identity
from tests.authorization.principals import OTHERS, Principal

TABLE = Path(__file__).with_name("matrix.txt")
NONE_OF_THAT_KIND, NO_RESOURCE = ".", "-"
# What guests can't have.
OF_USERS = ("API key", "code", "device", "page session", "all sessions", "account", "callback secret")


@dataclass(frozen=True)
class Named:
    """The resource of a request: its kind and its owner. Only owned resources have an `owner`."""

    kind: str
    whose: str
    owner: Principal | None = None

    def __str__(self) -> str:
        return f"{self.whose} {self.kind}"


@dataclass(frozen=True)
class Row:
    operation: str
    resource: str
    statuses: Mapping[str, str]

    def named(self, identity: Identity) -> list[Named | None]:
        """The resources of the operation for that identity; [None] if the operation has no resource."""
        if self.resource == NO_RESOURCE:
            return [None]
        whose, _, kind = self.resource.partition(" ")
        own = [Named(kind, "own", identity.owner)] if identity.owner else []
        foreign = [Named(kind, words, owner) for owner, words in OTHERS.items()]
        others = {"guest's": foreign[:1], "user's": foreign[1:]}
        found = {"own": own, "foreign": foreign, "any": own + foreign, **others}.get(whose, [Named(kind, whose)])
        return [each for each in found if can_be(each)]

    @property
    def is_for_bearers(self) -> bool:
        """Returns whether the operation depends on who is proven by an `Authorization` header."""
        return len({self.statuses[column] for column in ("none", "void", "jwt", "device", "key")}) > 1


def can_be(named: Named) -> bool:
    return named.kind not in OF_USERS or named.owner is None or named.owner.is_user


@dataclass(frozen=True)
class Case:
    """One request and the status of its answer."""

    operation: str
    named: Named | None
    identity: Identity
    status: int

    def __str__(self) -> str:
        about = f"{self.named}-" if self.named else ""
        return f"{self.operation}-{self.identity.name}-{about}{self.status}"


def read_rows() -> Iterator[Row]:
    lines = [line for line in TABLE.read_text().splitlines() if line and not line.startswith("#")]
    (_, _, *columns), *rows = map(read_line, lines)
    for operation, resource, *cells in rows:
        yield Row(operation, resource, dict(zip(columns, cells, strict=True)))


def read_line(line: str) -> list[str]:
    """Operation and resource, which have single spaces in them, and the cells."""
    operation, resource, cells = re.split(r"\s{2,}", line, maxsplit=2)
    return [operation, resource, *cells.split()]


ROWS = tuple(read_rows())


def cases(rows: Iterable[Row], identities: Mapping[str, tuple[Identity, ...]]) -> Iterator[Case]:
    for row in rows:
        for column, members in identities.items():
            yield from cases_of(row, row.statuses[column], members)


def cases_of(row: Row, status: str, members: tuple[Identity, ...]) -> Iterator[Case]:
    for identity in members:
        for named in row.named(identity):
            if status == NONE_OF_THAT_KIND:
                raise AssertionError(f"{row.operation}, {named}: no status for {identity.name}")
            yield Case(row.operation, named, identity, int(status))
