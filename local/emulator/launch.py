"""Serves MiniStack's ASGI application as `python -m ministack` does, with what this project puts around it.

Settings come from the environment alone, since MiniStack reads its own there: BIND_HOST, GATEWAY_PORT, LOG_LEVEL, the
access key and the endpoint by AWS's own names, and IMGOPT_CORS_ORIGINS, which the service has, too.
"""

import asyncio
import os
import resource
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from local.emulator.guard import Guard
from local.emulator.keys import AccessKey
from local.emulator.origins import Origins
from local.emulator.runtime import guard_runtimes

# What MiniStack keeps connections for.
KEEP_ALIVE_SECONDS = 75


def main() -> None:
    raise_file_limit()
    asyncio.run(serve())


async def serve() -> None:
    """Until SIGTERM or SIGINT. The application's own shutdown, which saves its state, is part of it."""
    from hypercorn.asyncio import serve as serve_application

    await serve_application(application(), configuration())


def application() -> Any:
    """What is put around the emulator's application, from the outside to the inside."""
    from ministack.app import app  # it reads its settings as it is loaded

    guard_runtimes()
    return guarded(app)


def guarded(app: Any) -> Any:
    """By the key and at the address that clients of the emulator have."""
    key = AccessKey(os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
    port = urlsplit(os.environ["AWS_ENDPOINT_URL"]).port
    websites = [each.strip().lower() for each in os.environ["IMGOPT_CORS_ORIGINS"].split(",")]
    return Guard(app, key, Origins(port or 80, websites))


def configuration() -> Any:
    """Hypercorn's, for one loopback address."""
    from hypercorn.config import Config

    config = Config()
    config.bind = [f"{os.environ['BIND_HOST']}:{os.environ['GATEWAY_PORT']}"]
    config.keep_alive_timeout = KEEP_ALIVE_SECONDS
    config.loglevel = os.environ.get("LOG_LEVEL", "WARNING")
    return config


def raise_file_limit() -> None:
    """Many connections at once need as many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < hard:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
