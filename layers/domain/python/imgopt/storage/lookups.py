"""Lookups: reads of items by key that are combined into one request.

A module describes by a Lookup the keys it needs and the value it makes of their items. A call that needs items of
several modules reads all of them at once.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from imgopt.storage import table
from imgopt.storage.table import Item

T = TypeVar("T")
Then = TypeVar("Then")
FoundItems = Mapping[tuple[str, str], Item]


@dataclass(frozen=True)
class Lookup(Generic[T]):
    """`make` gets the existing items, in the order of their keys."""

    keys: Sequence[Item]
    make: Callable[[list[Item]], T]

    def then(self, function: Callable[[T], Then]) -> "Lookup[Then]":
        """Returns a lookup of the same items, whose value is passed through `function`."""
        return Lookup(self.keys, lambda items: function(self.make(items)))

    def take(self, found: FoundItems) -> T:
        return self.make([found[_name(key)] for key in self.keys if _name(key) in found])

    def read(self) -> T:
        return self.take(read_all(self))


def of_one(item_key: Item, make: Callable[[Item], T]) -> Lookup[T]:
    """Returns a lookup of one item. `make` gets an empty item where it doesn't exist."""
    return Lookup([item_key], lambda items: make(items[0] if items else {}))


def read_all(*lookups: Lookup[Any]) -> FoundItems:
    """Reads the items of all lookups in one request, consistently."""
    keys = {_name(key): key for lookup in lookups for key in lookup.keys}
    return {_name(item): item for item in table.get_many(list(keys.values()))}


def _name(item: Item) -> tuple[str, str]:
    return item["pk"], item["sk"]
