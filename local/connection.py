"""The file by which other programs of this project and this user find the running local cloud."""

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
    """The connection to a service. `url` is the service's; `outputs` are those of the stacks, by name."""

    url: str
    access: EmulatorAccess
    outputs: dict[str, str]


@contextmanager
def left_in(folder: Path, connection: ServiceConnection) -> Iterator[None]:
    """Writes the file, and removes it when the context ends. Its key is valid only until then."""
    key = connection.access.key
    known = {"url": connection.url, "endpoint": connection.access.endpoint, "outputs": connection.outputs}
    write_file(folder / CONNECTION_FILE, json.dumps({**known, "key_id": key.id, "secret": key.secret}))
    try:
        yield
    finally:
        (folder / CONNECTION_FILE).unlink(missing_ok=True)


def find(folder: Path) -> ServiceConnection:
    """The connection of the service in a folder. Raises OSError if none is running there."""
    known = json.loads((folder / CONNECTION_FILE).read_text())
    access = EmulatorAccess(known["endpoint"], AccessKey(known["key_id"], known["secret"]))
    return ServiceConnection(known["url"], access, known["outputs"])
