"""What a running cloud leaves in its folder, so that other programs of this project and this user can reach it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.emulator.access import EmulatorAccess
from local.emulator.keys import AccessKey
from local.private_files import write_file

CONNECTION_FILE = "connection.json"


@dataclass(frozen=True)
class ServiceConnection:
    """`url` is the service's; `outputs` are those of the stacks, by name."""

    url: str
    access: EmulatorAccess
    outputs: dict[str, str]


@contextmanager
def left_in(folder: Path, connection: ServiceConnection) -> Iterator[None]:
    """The key in it is of no use after this."""
    key = connection.access.key
    known = {"url": connection.url, "endpoint": connection.access.endpoint, "outputs": connection.outputs}
    write_file(folder / CONNECTION_FILE, json.dumps({**known, "key_id": key.id, "secret": key.secret}))
    try:
        yield
    finally:
        (folder / CONNECTION_FILE).unlink(missing_ok=True)


def find(folder: Path) -> ServiceConnection:
    """Raises OSError where nothing runs in that folder, as far as is known there."""
    known = json.loads((folder / CONNECTION_FILE).read_text())
    access = EmulatorAccess(known["endpoint"], AccessKey(known["key_id"], known["secret"]))
    return ServiceConnection(known["url"], access, known["outputs"])
