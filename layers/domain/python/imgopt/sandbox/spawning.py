"""Runs a function in a separate process, where it may hang, crash or exceed its memory."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import cache
from importlib import import_module

from imgopt import errors
from imgopt.errors import ImgoptError, InvalidImage
from imgopt.networks import MODELS_FOLDER, models_folder
from imgopt.sandbox import budget, confinement

Parameter = str | int | float | bool | None
# Without the `site` module and its paths: PYTHONPATH has all that is needed.
CHILD_COMMAND = (sys.executable, "-S", "-P", "-c", "from imgopt.sandbox.spawned import answer; answer()")
GIVEN_SHARE = 0.8
# Address space of an interpreter with our modules, before any work.
OWN_BYTES = 200 << 20
# The first two are needed to find Lambda's Python. Nothing else is passed on, in particular no credentials.
KEPT_VARIABLES = ("LD_LIBRARY_PATH", "PATH", "LANG", "TZ")


@dataclass(frozen=True)
class ChildLimits:
    """Wall-clock seconds, and bytes of address space, including Python's own (about 50 MB)."""

    seconds: float
    memory_bytes: int


class ChildFailed(Exception):
    """How the child ended, for logs. It is the cause of the public error."""


def call_spawned(target: str, data: bytes, limits: ChildLimits, refusal: str, **parameters: Parameter) -> bytes:
    """Returns what `target`, such as "imgopt.codecs.svg.trace:trace_png", returns for `data` and parameters; both are
    bytes.

    Within a process that works for a single job, it is called directly.

    Public errors of the function are raised again. A crash or an exceeded limit raises InvalidImage with `refusal`. A
    module that can't be loaded raises ImportError.
    """
    if budget.is_begun():
        return _call_here(target, data, refusal, parameters)
    return call_sandboxed(target, data, limits, refusal, **parameters)


def call_sandboxed(target: str, data: bytes, limits: ChildLimits, refusal: str, **parameters: Parameter) -> bytes:
    """Like `call_spawned`, but always in another process, for functions whose failure the caller survives.

    Within a job it gets what is left of the budget, less what the job needs to go on without it.
    """
    meter = budget.current()
    limits = ChildLimits(
        min(limits.seconds, meter.seconds_left * GIVEN_SHARE), min(limits.memory_bytes, meter.memory_left + OWN_BYTES)
    )
    request = {"target": target, "parameters": parameters, "limits": asdict(limits), "parent": os.getpid()}
    try:
        return _ask(request, data, limits, refusal)
    finally:
        budget.settle()


def _call_here(target: str, data: bytes, refusal: str, parameters: dict[str, Parameter]) -> bytes:
    module, name = target.split(":")
    function = getattr(import_module(module), name)
    try:
        return bytes(function(data, **parameters))
    except (ImgoptError, MemoryError, ImportError):
        raise
    except Exception as error:
        raise InvalidImage(refusal) from error


def _ask(request: dict[str, object], data: bytes, limits: ChildLimits, refusal: str) -> bytes:
    answer = _run(json.dumps(request).encode() + b"\n" + data, limits.seconds, refusal)
    header, newline, result = answer.partition(b"\n")
    if not newline:
        raise InvalidImage(refusal) from ChildFailed("no answer")
    return unwrap(json.loads(header), result, refusal)


def _run(request: bytes, seconds: float, refusal: str) -> bytes:
    """Runs the child. Within a job the child needs its own timeout and inherits the null device, because a job can't
    open files for writing or end processes.
    """
    confinement.make_undumpable()
    is_job = budget.is_begun()
    with subprocess.Popen(
        CHILD_COMMAND,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=None if is_job else subprocess.DEVNULL,
        env=child_environment(),
        start_new_session=not is_job,
    ) as child:
        try:
            answer, _ = child.communicate(request, timeout=None if is_job else seconds)
        except subprocess.TimeoutExpired as error:
            raise InvalidImage(refusal) from error
        finally:
            _end(child)
    if child.returncode:
        raise InvalidImage(refusal) from ChildFailed(f"exit status {child.returncode}")
    return answer


def _end(child: subprocess.Popen[bytes]) -> None:
    """Ends the child with its process group. Within a job the child belongs to the job's group, and ends with it."""
    if child.poll() is None and not budget.is_begun():
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def child_environment() -> dict[str, str]:
    """Returns the environment of a child: only what it needs."""
    passed_on = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    path = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # noqa: PTH100 - "" is the current folder, so that it needs an absolute path
    own = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", MODELS_FOLDER: str(models_folder())}
    return {**passed_on, **own}


def unwrap(header: dict[str, str], result: bytes, refusal: str) -> bytes:
    """Returns the result or raises the error of an answer, which is not trusted: only public errors can be raised."""
    _note_missing(frozenset(confinement.MECHANISMS) & {*str(header.get("without", "")).split()})
    if header.get("error") in errors.PUBLIC_NAMES:
        raise getattr(errors, header["error"])(str(header.get("message")))
    failure = header.get("failure") or header.get("error")  # the error may be a subclass that only the child has loaded
    if failure == ImportError.__name__:
        raise ImportError("A module of the service can't be loaded.")
    if failure:
        raise InvalidImage(refusal) from ChildFailed(failure)
    return result


@cache
def _note_missing(mechanisms: frozenset[str]) -> None:
    """Logs the missing mechanisms, once per process. Work continues without them."""
    if mechanisms:
        from imgopt.telemetry import logger

        note = logger.warning if confinement.SECCOMP_NAME in mechanisms else logger.info
        note("processes that read images are less confined than they could be", without=sorted(mechanisms))
