"""Records which kinds of items are accessed during a call."""

from collections.abc import Iterator
from contextlib import contextmanager

from imgopt.storage import clients


@contextmanager
def touched_kinds() -> Iterator[set[str]]:
    """Filled in as it goes: what the partition keys of all requests begin with, but for those of indexes."""
    kinds: set[str] = set()

    def note(params: dict, **_: object) -> None:
        if "IndexName" not in params:
            kinds.update(kinds_in(params))

    events = clients.dynamodb().meta.events
    events.register("provide-client-params.dynamodb", note)
    try:
        yield kinds
    finally:
        events.unregister("provide-client-params.dynamodb", note)


def kinds_in(params: object) -> Iterator[str]:
    if isinstance(params, dict):
        pk = params.get("pk") or params.get(":pk")
        if isinstance(pk, dict) and "S" in pk:
            yield pk["S"].partition("#")[0]
        for value in params.values():
            yield from kinds_in(value)
    elif isinstance(params, list):
        for value in params:
            yield from kinds_in(value)
