"""Limits on a process that reads strangers' bytes, in case these take it over (docs/decisions/0031).

It can compute, and answer. The kernel refuses it the network, other processes, new files, and privileges; and where it
has Landlock, all files but those of the libraries.
"""

import resource
import struct
import sys
from contextlib import suppress
from ctypes import CDLL

from imgopt.sandbox import landlock, seccomp

PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS = 4, 38  # <linux/prctl.h>
CAPABILITY_VERSION_3 = 0x20080522  # <linux/capability.h>
# A library opens one file after the other; a child that starts a program needs some more.
DESCRIPTORS = 64
LIBC = CDLL(None)
SECCOMP_NAME, LANDLOCK = MECHANISMS = ("seccomp", "landlock")


def make_undumpable() -> None:
    """Nobody but root can look into this process from now on, or into what it forks: neither memory nor environment.

    What it starts by a command has to do so itself. Linux only: a Mac refuses that anyway.
    """
    if sys.platform == "linux":
        LIBC.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)


def precompute() -> None:
    """What is the same for all that are forked from here, so that none of them has to find it out."""
    arch = seccomp.machine()
    if arch is not None:
        landlock.readable()
        for programs in (False, True):
            seccomp.refusals(arch, programs=programs)


def enter(*, programs: bool = False) -> tuple[str, ...]:
    """Confines this process and all that it starts, permanently. Tells which of `MECHANISMS` the machine doesn't have.

    `programs` may be started by it only where that is said; those are confined alike.
    """
    for kind, most in ((resource.RLIMIT_CORE, 0), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_NOFILE, DESCRIPTORS)):
        with suppress(ValueError, OSError):  # the host allows even less
            resource.setrlimit(kind, (most, most))
    if sys.platform != "linux":
        return MECHANISMS
    make_undumpable()
    _drop_privileges()
    has = {LANDLOCK: landlock.restrict(), SECCOMP_NAME: seccomp.install_filter(programs=programs)}
    return tuple(name for name in MECHANISMS if not has[name])


def _drop_privileges() -> None:
    """Root is a user like others then, as far as the kernel is asked; and no program gives more than there is."""
    LIBC.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    LIBC.capset(struct.pack("Ii", CAPABILITY_VERSION_3, 0), bytes(24))
