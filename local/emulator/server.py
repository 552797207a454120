"""The HTTP server of the emulator: uvicorn, which takes half the time of MiniStack's own server."""

import asyncio
import os
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import uvicorn

from local.emulator.limited_heads import LimitedHeads

# Seconds for which idle connections are kept, as in MiniStack.
IDLE_SECONDS = 75
# The variable with the listening socket. Another process owns it, so that calls wait while this one restarts.
SOCKET = "LISTENING_SOCKET"


async def serve_emulator(application: Any) -> None:
    """Serves until SIGTERM or SIGINT."""
    listening = socket.socket(fileno=int(os.environ[SOCKET]))
    await Server(configuration(application)).serve([listening])


class Server(uvicorn.Server):
    """uvicorn's server. It does not raise the signal again at the end, which would leave no time to save data."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, partial(self.handle_exit, number, None))
        yield


def configuration(application: Any) -> uvicorn.Config:
    return uvicorn.Config(
        application,
        http=LimitedHeads,
        loop="asyncio",
        ws="none",
        lifespan="on",
        access_log=False,
        log_level=os.environ.get("LOG_LEVEL", "warning").lower(),
        proxy_headers=False,
        server_header=False,
        date_header=False,
        timeout_keep_alive=IDLE_SECONDS,
        timeout_graceful_shutdown=1,
    )
