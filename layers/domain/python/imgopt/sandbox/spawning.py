"""Runs a function of ours in a process of its own, where it may hang, crash or use up its memory."""

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
# Not the site's start-up and no path of its own: PYTHONPATH says where everything is.
CHILD_COMMAND = (sys.executable, "-S", "-P", "-c", "from imgopt.sandbox.spawned import answer; answer()")
GIVEN_SHARE = 0.8
# What an interpreter with our modules takes of its address space before it has done anything.
OWN_BYTES = 200 << 20
# Lambda's Python is found by the first two. Nothing else is passed on, least of all credentials.
KEPT_VARIABLES = ("LD_LIBRARY_PATH", "PATH", "LANG", "TZ")


@dataclass(frozen=True)
class ChildLimits:
    """Seconds on the clock, and bytes of address space with everything that Python itself needs (about 50 MB)."""

    seconds: float
    memory_bytes: int


class ChildFailed(Exception):
    """How the child ended, for the log: the cause of the error that callers see."""


def call_spawned(target: str, data: bytes, limits: ChildLimits, refusal: str, **parameters: Parameter) -> bytes:
    """What `target`, such as "imgopt.codecs.svg.trace:trace_png", returns for `data` and parameters; both are bytes.

    In a process that is one job's already it is simply called.

    The public errors that it raises come back as they are. Anything else that ends it, such as a crash or a limit,
    is InvalidImage with `refusal` as its message; a module that can't be loaded is no fault of the image.
    """
    if budget.is_begun():
        return _call_here(target, data, refusal, parameters)
    return call_apart(target, data, limits, refusal, **parameters)


def call_apart(target: str, data: bytes, limits: ChildLimits, refusal: str, **parameters: Parameter) -> bytes:
    """The same in another process wherever this is: for what may fail while its caller goes on.

    Within a job it has no more than is left of its budget, less what the job needs to go on without it.
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
    """A job can open no file to write and end no process: the child has its own clock, and inherits the null device."""
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
    """With its group, while its number is still its own. That of a job is the job's, and ends with that."""
    if child.poll() is None and not budget.is_begun():
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)


def child_environment() -> dict[str, str]:
    """All that a child sees of ours."""
    passed_on = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
    path = os.pathsep.join(os.path.abspath(folder) for folder in sys.path)  # noqa: PTH100 - "" is the current folder
    own = {"PYTHONPATH": path, "PYTHONDONTWRITEBYTECODE": "1", MODELS_FOLDER: str(models_folder())}
    return {**passed_on, **own}


def unwrap(header: dict[str, str], result: bytes, refusal: str) -> bytes:
    """A child that was taken over by what it read can choose among our errors and no more."""
    _note_missing(frozenset(confinement.MECHANISMS) & {*str(header.get("without", "")).split()})
    if header.get("error") in errors.PUBLIC_NAMES:
        raise getattr(errors, header["error"])(str(header.get("message")))
    failure = header.get("failure") or header.get("error")  # an error may be of a kind that no one else knows
    if failure == ImportError.__name__:
        raise ImportError("A module of the service can't be loaded.")
    if failure:
        raise InvalidImage(refusal) from ChildFailed(failure)
    return result


@cache
def _note_missing(mechanisms: frozenset[str]) -> None:
    """Once in a process: work goes on without what the machine doesn't have, as it did before there was any."""
    if mechanisms:
        from imgopt.telemetry import logger

        note = logger.warning if confinement.SECCOMP_NAME in mechanisms else logger.info
        note("processes that read images are less confined than they could be", without=sorted(mechanisms))
