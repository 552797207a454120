"""Serves MiniStack's ASGI application as `python -m ministack` does, with what this project puts around it.

Settings come from the environment alone, since MiniStack reads its own there: LOG_LEVEL, access key and endpoint by
AWS's own names, IMGOPT_CORS_ORIGINS, which the service has, too, and the socket that listens.
"""

import asyncio
import ctypes
import os
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.emulator.download_parts import DownloadsInParts
from local.emulator.executions import begin_at_once
from local.emulator.expressions import parse_expressions_once
from local.emulator.guard import Guard
from local.emulator.invocation_logs import read_logs_to_their_end
from local.emulator.keys import AccessKey
from local.emulator.machine_types import take_default_for_granted
from local.emulator.origins import KnownOrigins
from local.emulator.provisioned_concurrency import provision_at_once
from local.emulator.reserved_concurrency import queue_invocations
from local.emulator.runtime_api import guard_runtimes
from local.emulator.server import serve_emulator
from local.persistence.application import Persistence, persistent
from local.persistence.journal import NotStored, OtherVersion

# Where the state is kept, if it is.
STATE_VARIABLE = "STATE_FOLDER"
# Executions are threads of this process: none from before is left.
STOPPED_VARIABLE = "IMGOPT_EXECUTIONS_STOPPED_AT"
NOT_SAVED = 74  # EX_IOERR of sysexits.h


def main() -> None:
    """Ends with NOT_SAVED where not all could be written down, and why as the last line."""
    give_back_memory()
    os.environ[STOPPED_VARIABLE] = datetime.now(UTC).isoformat()  # which functions inherit
    try:
        persistence = Persistence(Path(os.environ[STATE_VARIABLE])) if os.environ.get(STATE_VARIABLE) else None
    except (NotStored, OtherVersion, OSError) as error:
        sys.exit(f"the kept data can't be used: {error}")
    asyncio.run(serve_emulator(application(persistence)))
    leave(finish(persistence) if persistence else 0)


def application(persistence: Persistence | None) -> Any:
    """What is put around the emulator's application, from the outside to the inside."""
    from ministack import app  # it reads its settings as it is loaded
    from ministack.core import persistence as codec

    guard_runtimes()
    queue_invocations()
    provision_at_once()
    begin_at_once()
    parse_expressions_once()
    take_default_for_granted()
    read_logs_to_their_end()
    if persistence is None:
        return guarded(DownloadsInParts(app.app))
    persistence.bind(app, codec)
    return guarded(DownloadsInParts(persistent(app.app, persistence)))


def guarded(application: Any) -> Any:
    """By the key and at the address that clients of the emulator have."""
    key = AccessKey(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
    websites = [each.strip().lower() for each in os.environ["IMGOPT_CORS_ORIGINS"].split(",")]
    return Guard(application, key, KnownOrigins(port or 80, websites))


def finish(persistence: Persistence) -> int:
    try:
        persistence.finish()
    except (NotStored, OSError) as error:
        print(f"not saved: {error}", flush=True)
        return NOT_SAVED
    return 0


def leave(status: int) -> None:
    """At once: functions that are under way would be waited for."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def give_back_memory() -> None:
    """Files are read whole, and parts of them kept: in one heap, the parts would keep the rest of it from being freed.

    By mallopt(3), M_MMAP_THRESHOLD: whatever is larger is a mapping of its own. Other C libraries don't have it.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(-3, 256 * 1024)
