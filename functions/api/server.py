"""What uvicorn starts: `uvicorn --factory functions.api.server:build_served_app`. It answers many requests at once."""

import sys
from typing import TYPE_CHECKING

from imgopt.loading import garbage_kept

if TYPE_CHECKING:
    from fastapi import FastAPI

# The seconds after which Python takes the interpreter's lock from a running thread; its default is 0.005. The event
# loop waits for the lock several times in each request. While threads read files and call AWS, each wait takes as long
# as all threads before it may run. Shorter turns cost other requests more than they save here.
SWITCH_SECONDS = 0.002


def build_served_app() -> "FastAPI":
    """Returns the application, and lets threads of this process take turns more often."""
    sys.setswitchinterval(SWITCH_SECONDS)
    with garbage_kept():
        from functions.api.app import build_app

        return build_app()
