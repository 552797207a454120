"""Serves MiniStack's ASGI application as `python -m ministack` does, with what this project puts around it.

Settings come from the environment alone, since MiniStack reads its own there: BIND_HOST, GATEWAY_PORT, LOG_LEVEL, the
access key and the endpoint by AWS's own names, and IMGOPT_CORS_ORIGINS, which the service has, too.
"""

import asyncio
import ctypes
import os
import resource
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from local.emulator.guard import Guard
from local.emulator.keys import AccessKey
from local.emulator.origins import Origins
from local.emulator.parts import InParts
from local.emulator.runtime import guard_runtimes
from local.persistence.application import Persistence, persistent
from local.persistence.journal import NotStored, OtherVersion

# What MiniStack keeps connections for.
KEEP_ALIVE_SECONDS = 75
# A socket that listens already, and where the state is kept, if it is.
SOCKET, STATE = "LISTENING_SOCKET", "STATE_FOLDER"
NOT_SAVED = 74  # EX_IOERR of sysexits.h


def main() -> None:
    """Ends with NOT_SAVED where not all could be written down, and why as the last line."""
    raise_file_limit()
    give_back_memory()
    try:
        persistence = Persistence(Path(os.environ[STATE])) if os.environ.get(STATE) else None
    except (NotStored, OtherVersion, OSError) as error:
        sys.exit(f"the kept data can't be used: {error}")
    asyncio.run(serve(persistence))
    leave(finish(persistence) if persistence else 0)


async def serve(persistence: Persistence | None) -> None:
    """Until SIGTERM or SIGINT."""
    from hypercorn.asyncio import serve as serve_application

    await serve_application(application(persistence), configuration())


def application(persistence: Persistence | None) -> Any:
    """What is put around the emulator's application, from the outside to the inside."""
    from ministack import app  # it reads its settings as it is loaded
    from ministack.core import persistence as codec

    guard_runtimes()
    if persistence is None:
        return guarded(InParts(app.app))
    persistence.bind(app, codec)
    return guarded(InParts(persistent(app.app, persistence)))


def guarded(application: Any) -> Any:
    """By the key and at the address that clients of the emulator have."""
    key = AccessKey(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
    websites = [each.strip().lower() for each in os.environ["IMGOPT_CORS_ORIGINS"].split(",")]
    return Guard(application, key, Origins(port or 80, websites))


def configuration() -> Any:
    """Hypercorn's, for one loopback address."""
    from hypercorn.config import Config

    config = Config()
    inherited = os.environ.get(SOCKET)
    config.bind = [f"fd://{inherited}" if inherited else f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.loglevel = os.environ.get("LOG_LEVEL", "WARNING")
    config.graceful_timeout = 1
    return config


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


def raise_file_limit() -> None:
    """Many connections at once need as many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
