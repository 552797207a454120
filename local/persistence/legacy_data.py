"""Reads data of earlier versions: the emulator's own files, one for each service, which it wrote when it ended.

URLs of queues in them contain the emulator's former port. It is removed, as stored data contain none.
"""

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.persistence.journal import JournalRecord
from local.persistence.services import LEFT_OUT

HOME = "http://localhost:4566"  # the emulator's name in stored URLs, whatever its port is
OLD_HOME = re.compile(r"http://(?:localhost|127\.0\.0\.1):\d{1,5}(?=/\d{12}/)")
# Services whose state contains data of clients, which are not changed.
VERBATIM = frozenset({"dynamodb", "s3"})


def is_there(folder: Path) -> bool:
    return (folder / "state" / "dynamodb.json").exists()


def states_in(folder: Path, hook: Any) -> Iterator[tuple[str, Any]]:
    """The services and their states, without parts that do not survive a restart."""
    for path in sorted((folder / "state").glob("*.json")):
        if path.stem not in LEFT_OUT:
            text = path.read_text()
            found = json.loads(text if path.stem in VERBATIM else OLD_HOME.sub(HOME, text), object_hook=hook)
            state = found["payload"] if "__ministack_format__" in found else found
            yield path.stem, {name: value for name, value in state.items() if name not in ("executions", "map_runs")}


def records_of(tables: list[dict[str, Any]]) -> dict[JournalRecord, str | None]:
    return {
        (table["TableArn"], pk, sk): json.dumps(item, separators=(",", ":"))
        for table in tables
        for pk, items in table["items"].items()
        for sk, item in items.items()
    }


def remove(folder: Path) -> None:
    for path in (folder / "state").glob("*.json"):
        path.unlink()
    shutil.rmtree(folder / "state" / "lambda-blobs", ignore_errors=True)
