"""Serves MiniStack's ASGI application like `python -m ministack`, with this project's middleware.

Its settings are environment variables, as are MiniStack's: LOG_LEVEL, AWS's variables for access key and endpoint,
IMGOPT_CORS_ORIGINS, and the listening socket.
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

from imgopt.loading import garbage_kept
from local.emulator.download_parts import DownloadsInParts
from local.emulator.executions import begin_at_once
from local.emulator.expressions import parse_expressions_once
from local.emulator.guard import Guard
from local.emulator.invocation_logs import read_logs_to_their_end
from local.emulator.keys import AccessKey
from local.emulator.machine_types import assume_default_type
from local.emulator.origins import KnownOrigins
from local.emulator.provisioned_concurrency import provision_at_once
from local.emulator.reserved_concurrency import queue_invocations
from local.emulator.runtime_api import guard_runtimes
from local.emulator.server import serve_emulator
from local.persistence.application import Persistence, persistent
from local.persistence.journal import NotStored, OtherVersion

# The variable with the folder of the state, if it is kept.
STATE_VARIABLE = "STATE_FOLDER"
# The variable with the time of the start. Executions are threads of this process, so earlier ones have ended.
STOPPED_VARIABLE = "IMGOPT_EXECUTIONS_STOPPED_AT"
NOT_SAVED = 74  # EX_IOERR of sysexits.h


def main() -> None:
    """Runs the emulator. Exits with NOT_SAVED if not all data could be saved; the last line is the reason."""
    give_back_memory()
    os.environ[STOPPED_VARIABLE] = datetime.now(UTC).isoformat()  # functions inherit it
    try:
        persistence = Persistence(Path(os.environ[STATE_VARIABLE])) if os.environ.get(STATE_VARIABLE) else None
    except (NotStored, OtherVersion, OSError) as error:
        sys.exit(f"the stored data can't be used: {error}")
    with garbage_kept():
        served = application(persistence)
    asyncio.run(serve_emulator(served))
    leave(finish(persistence) if persistence else 0)


def application(persistence: Persistence | None) -> Any:
    """The emulator's application with all middleware."""
    leave_out_docker()
    from ministack import app  # the import reads the settings
    from ministack.core import persistence as codec

    guard_runtimes()
    queue_invocations()
    provision_at_once()
    begin_at_once()
    parse_expressions_once()
    assume_default_type()
    read_logs_to_their_end()
    if persistence is None:
        return guarded(DownloadsInParts(app.app))
    persistence.bind(app, codec)
    return guarded(DownloadsInParts(persistent(app.app, persistence)))


def leave_out_docker() -> None:
    """Lets imports of Docker's client fail, as where it is not installed. It takes a seventh of the start's CPU time.

    Nothing runs in containers here: functions are processes.
    """
    sys.modules["docker"] = None  # type: ignore[assignment]  # as the import system's reference describes


def guarded(application: Any) -> Any:
    """The application behind the guard, with the key and endpoint that clients use."""
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
    """Exits immediately, without waiting for running functions."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def give_back_memory() -> None:
    """Makes the allocator return the memory of large buffers, which parts in the same heap would otherwise prevent.

    With M_MMAP_THRESHOLD of mallopt(3), larger buffers get their own mapping. Other C libraries do not have it.
    """
    with suppress(AttributeError):
        ctypes.CDLL(None).mallopt(-3, 256 * 1024)
