"""Confines processes that read untrusted files, in case a file exploits a decoder (docs/decisions/0031).

A confined process can only compute and answer. The kernel refuses it the network, other processes, new files and
privileges; and with Landlock, all files except libraries.
"""

import resource
import struct
import sys
from contextlib import suppress
from ctypes import CDLL

from imgopt.sandbox import landlock, seccomp

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38  # <linux/prctl.h>
CAPABILITY_VERSION_3 = 0x20080522  # <linux/capability.h>
# Libraries open one file at a time; a child that starts a program needs some more.
DESCRIPTORS = 64
LIBC = CDLL(None)
SECCOMP_NAME, LANDLOCK = MECHANISMS = ("seccomp", "landlock")


def make_undumpable() -> None:
    """Makes the memory and environment of this process, and of its forks, unreadable to other users than root.

    A program that it executes has to repeat this. Linux only: macOS refuses it by default.
    """
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def precompute() -> None:
    """Computes what is the same for all forked processes, so that none of them has to."""
    arch = seccomp.machine()
    if arch is not None:
        landlock.readable()
        for programs in (False, True):
            seccomp.refusals(arch, programs=programs)


def enter(*, programs: bool = False) -> tuple[str, ...]:
    """Confines this process and all that it starts, permanently. Returns the `MECHANISMS` that the machine lacks.

    It may only start other programs with `programs`; these are confined too.
    """
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, DESCRIPTORS)):
        with suppress(ValueError, OSError):  # the host may have a lower limit
            resource.setrlimit(kind, (most, most))
    if sys.platform != "linux":
        return MECHANISMS
    make_undumpable()
    _drop_privileges()
    has = {LANDLOCK: landlock.restrict(), SECCOMP_NAME: seccomp.install_filter(programs=programs)}
    return tuple(name for name in MECHANISMS if not has[name])


def _drop_privileges() -> None:
    """Drops all capabilities, also those of root, and forbids programs to gain any."""
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    LIBC.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24))
