"""Restricts the files that a process can open, by Landlock: it may only read Python, its libraries and networks
(landlock(7)).

The kernel also prevents it from inspecting processes outside of its Landlock domain, and from sending them signals.
"""

import ctypes
import os
import stat
import struct
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path

import imgopt
from imgopt.networks import models_folder

# The system call numbers are the same on all architectures.
CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
VERSION_FLAG, PATH_BENEATH = 1, 1
# <linux/landlock.h>: the access rights to files that each version knows, one bit each, and the scopes of signals and
# abstract sockets.
EXECUTE, READ_FILE, READ_DIR = 1 << 0, 1 << 2, 1 << 3
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
SCOPES, SCOPES_SINCE = 0b11, 6
# Read by the dynamic linker, libraries and Python. Other processes' memory and environment in /proc are protected
# separately.
SYSTEM = ("/bin", "/lib", "/lib64", "/usr", "/etc/fonts", "/etc/ld.so.cache", "/etc/localtime", "/proc", "/sys")
DEVICES = ("/dev/null", "/dev/urandom", "/dev/zero")
LIBRARIES = "LD_LIBRARY_PATH"
LIBC = ctypes.CDLL(None)


def restrict() -> bool:
    """Restricts this thread, and all that it starts. Returns False where the kernel lacks Landlock."""
    call = LIBC.syscall
    version = call(CREATE_RULESET, None, 0, VERSION_FLAG)
    if version < 1:
        return False
    rights = (1 << max(bits for since, bits in FILE_RIGHTS.items() if since <= version)) - 1
    wanted = struct.pack("QQQ", rights, 0, SCOPES) if version >= SCOPES_SINCE else struct.pack("Q", rights)
    rules = call(CREATE_RULESET, wanted, ctypes.c_size_t(len(wanted)), 0)
    if rules < 0:
        return False
    try:
        for path in readable():
            _allow(call, rules, path)
        return not call(RESTRICT_SELF, rules, 0)
    finally:
        os.close(rules)


@cache
def readable() -> frozenset[str]:
    """Returns the readable folders and files. None of them is inside another."""
    own, scripts = Path(imgopt.__file__).parent, Path(sys.executable).parent
    libraries = (Path(each) for each in os.environ.get(LIBRARIES, "").split(os.pathsep) if each)
    packages = _packages()
    programs = (each.parent / "bin" for each in packages)  # in a Lambda layer
    known = (models_folder(), *map(Path, (sys.base_prefix, *SYSTEM, *DEVICES)))
    return _outermost({own, scripts, *known, *packages, *programs, *libraries, *_mapped()})


def _packages() -> set[Path]:
    """Returns the folders of packages. The current folder and its parents are left out, because they may
    contain keys.
    """
    folders = {Path(each).absolute() for each in sys.path if each}
    return folders - {Path.cwd()} - {outer for each in folders for outer in each.parents}


def _mapped() -> Iterator[Path]:
    """Yields the paths of the loaded libraries, which a started program needs again."""
    with suppress(OSError):
        for line in Path("/proc/self/maps").read_text().splitlines():
            *_, name = line.split(maxsplit=5)
            if name.startswith("/") and ".so" in name:
                yield Path(name).parent


def _outermost(paths: set[Path]) -> frozenset[str]:
    """Removes paths inside of other paths, because each rule costs a child some microseconds."""
    return frozenset(str(each) for each in paths if paths.isdisjoint(each.parents))


def _allow(call: Callable[..., int], rules: int, path: str) -> None:
    """Adds a rule. A path that doesn't exist needs none."""
    try:
        descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    try:
        rights = EXECUTE | READ_FILE | (READ_DIR if stat.S_ISDIR(os.fstat(descriptor).st_mode) else 0)
        call(ADD_RULE, rules, PATH_BENEATH, struct.pack("=Qi", rights, descriptor), 0)
    finally:
        os.close(descriptor)
