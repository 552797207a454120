"""The child of `imgopt.sandbox.spawning`. It imports little, because every call waits for its start."""

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

    Requests and answers are a line of JSON followed by the data.
    """
    confinement.make_undumpable()
    with os.fdopen(os.dup(1), "wb") as out:
        os.dup2(2, 1)  # texts that libraries print must not get into the answer
        header, result = _carry_out(sys.stdin.buffer)
        out.write(json.dumps(header).encode() + b"\n")
        out.write(result)
    os._exit(0)  # nothing is left that would need an orderly end, which is slow


def _carry_out(source: BinaryIO) -> tuple[dict[str, str], bytes]:
    request = json.loads(source.readline())
    _end_with(request["parent"])
    return run_function(request["target"], source.read(), request["parameters"], lambda: _limit(**request["limits"]))


def run_function(
    target: str, data: bytes, parameters: dict[str, Any], limit: Callable[[], tuple[str, ...]]
) -> tuple[dict[str, str], bytes]:
    """Returns the result of a function, or its error. `limit` is called once the function is loaded, before it gets the
    data.

    `limit` confines the process, and returns the mechanisms that the machine lacks.
    """
    fields: dict[str, str] = {}
    try:
        module, name = target.split(":")
        function = getattr(import_module(module), name)
        fields["without"] = " ".join(limit())
        return fields, bytes(function(data, **parameters))
    except ImgoptError as error:
        return {**fields, "error": type(error).__name__, "message": str(error)}, b""
    except ImportError:
        return {**fields, "failure": ImportError.__name__}, b""
    except Exception as error:
        return {**fields, "failure": type(error).__name__}, b""


def _end_with(parent: int) -> None:
    """Makes Linux end this process when its parent is gone."""
    if sys.platform == "linux":
        CDLL(None).prctl(PR_SET_PDEATHSIG, SIGKILL)
    if os.getppid() != parent:
        os._exit(1)


def _limit(seconds: float, memory_bytes: int) -> tuple[str, ...]:
    """Limits time, memory and system calls, permanently. Returns the mechanisms that the machine lacks."""
    signal.setitimer(signal.ITIMER_REAL, seconds)  # within a job the parent has no timeout: see `spawning`
    for kind, value in ((resource.RLIMIT_CPU, int(seconds) + 1), (resource.RLIMIT_AS, memory_bytes)):
        with suppress(ValueError):  # the host may have a lower limit; macOS has none
            resource.setrlimit(kind, (value, value))
    return confinement.enter()
