"""Source records in the table: `SOURCE#<hash of the URL>`, for a month after the last request."""

from datetime import timedelta
from hashlib import sha256

from imgopt import clock
from imgopt.storage import table
from imgopt.storage.table import Item
from imgopt.variants.model import SourceState

KIND = "SOURCE"
SOURCE_KEPT = timedelta(days=31)


def source_id(url: str) -> str:
    """Returns a hash of the URL, which may contain private data, and may be longer than a key."""
    return sha256(url.encode(errors="surrogateescape")).hexdigest()[:40]


def find(url: str) -> SourceState | None:
    item = table.get(_key(url))
    return table.from_item(item, SourceState) if item else None


def keep(url: str, state: SourceState) -> None:
    table.put(table.to_item(state, KIND, source_id(url), clock.now() + SOURCE_KEPT))


def note_changes(url: str, digest: str, **changes: object) -> None:
    """Changes the record of the version with this digest. Entries are added to mappings; concurrent additions may be
    lost, and are found again.
    """
    known = find(url)
    if known is None or known.digest != digest:
        return
    merged = {name: _merge(getattr(known, name), value) for name, value in changes.items()}
    table.update(_key(url), merged, where="#digest = :expected", values={"expected": digest})


def _merge(before: object, value: object) -> object:
    return {**before, **value} if isinstance(before, dict) and isinstance(value, dict) else value


def _key(url: str) -> Item:
    return table.key(KIND, source_id(url))
