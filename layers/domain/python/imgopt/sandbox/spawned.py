"""The child's side of `imgopt.sandbox.spawning`. It loads little: every call waits for it."""

import json
import os
import resource
import signal
import sys
from collections.abc import Callable
from contextlib import suppress
from ctypes import CDLL
from importlib import import_module
from typing import Any, BinaryIO

from imgopt.errors import ImgoptError
from imgopt.sandbox import confinement

PR_SET_PDEATHSIG, SIGKILL = 1, 9  # <linux/prctl.h>, <signal.h>


def answer() -> None:
    """Reads a request from standard input, carries it out, and writes the answer to standard output.

    A request is a line of JSON and the data behind it; an answer likewise.
    """
    confinement.make_undumpable()
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # what libraries print is no part of the answer
        header, result = _carry_out(sys.stdin.buffer)
        out.write(json.dumps(header).encode() + b"\n")
        out.write(result)
    os._exit(0)  # nothing is left that would need a slow, orderly end


def _carry_out(source: BinaryIO) -> tuple[dict[str, str], bytes]:
    request = json.loads(source.readline())
    _end_with(request["parent"])
    return run_function(request["target"], source.read(), request["parameters"], lambda: _limit(**request["limits"]))


def run_function(
    target: str, data: bytes, parameters: dict[str, Any], limit: Callable[[], tuple[str, ...]]
) -> tuple[dict[str, str], bytes]:
    """What a function of ours returns, or how it failed; `limit` is called once it is loaded, before it sees the data.

    `limit` confines the process, and returns what of that the machine can't do.
    """
    said: dict[str, str] = {}
    try:
        module, name = target.split(":")
        function = getattr(import_module(module), name)
        said["without"] = " ".join(limit())
        return said, bytes(function(data, **parameters))
    except ImgoptError as error:
        return {**said, "error": type(error).__name__, "message": str(error)}, b""
    except ImportError:
        return {**said, "failure": ImportError.__name__}, b""
    except Exception as error:
        return {**said, "failure": type(error).__name__}, b""


def _end_with(parent: int) -> None:
    """Linux ends this process when the one that waits for it is gone."""
    if sys.platform == "linux":
        CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit(seconds: float, memory_bytes: int) -> tuple[str, ...]:
    """Permanently: no more time or memory than given, and what `confinement.enter` leaves."""
    signal.setitimer(signal.ITIMER_REAL, seconds)  # in a job, the parent has no timeout: see `spawning`
    for kind, value in ((resource.RLIMIT_CPU, int(seconds) + 1), (resource.RLIMIT_AS, memory_bytes)):
        with suppress(ValueError):  # the host allows even less, or is a Mac
            resource.setrlimit(kind, (value, value))
    return confinement.enter()
