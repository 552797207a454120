"""Items that are known by their keys, read together in one request, whoever they belong to.

A module that owns items says by a Lookup which ones it needs and what it makes of them. So a call that needs the items
of several modules reads them all at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from imgopt.storage import table
from imgopt.storage.table import Item

T = TypeVar("T")
Then = TypeVar("Then")
Found = Mapping[tuple[str, str], Item]


@dataclass(frozen=True)
class Lookup(Generic[T]):
    """`make` gets those items that exist, in the order of their keys."""

    keys: Sequence[Item]
    make: Callable[[list[Item]], T]

    def then(self, function: Callable[[T], Then]) -> "Lookup[Then]":
        """The same items, of which `function` makes something of what `make` has made of them."""
        return Lookup(self.keys, lambda items: function(self.make(items)))

    def take(self, found: Found) -> T:
        return self.make([found[_name(key)] for key in self.keys if _name(key) in found])

    def read(self) -> T:
        return self.take(read_all(self))


def of_one(item_key: Item, make: Callable[[Item], T]) -> Lookup[T]:
    """`make` gets an empty item where there is none."""
    return Lookup([item_key], lambda items: make(items[0] if items else {}))


def read_all(*lookups: Lookup[Any]) -> Found:
    """What all of them need, as it is now."""
    keys = {_name(key): key for lookup in lookups for key in lookup.keys}
    return {_name(item): item for item in table.get_many(list(keys.values()))}


def _name(item: Item) -> tuple[str, str]:
    return item["pk"], item["sk"]
