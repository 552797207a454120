"""Installs a permanent filter of system calls for a process and all that it starts (seccomp(2)).

It refuses the calls that `syscalls` lists, with EPERM, and allows all others: libraries use new calls in each version,
and would fail where a needed one is refused.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterator, Mapping
from functools import cache

from imgopt.sandbox.syscalls import CONDITIONAL, EXECUTING, REFUSED_CALLS, Numbers

MACHINES = ("x86_64", "aarch64")
# AUDIT_ARCH_* of <linux/audit.h>, and the number of seccomp(2).
ARCHITECTURES, SECCOMP = (0xC000003E, 0xC00000B7), (317, 277)
SET_MODE_FILTER, TSYNC = 1, 1  # <linux/seccomp.h>
KILL_PROCESS, REFUSE, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
EPERM, ENOSYS = 1, 38
# Instructions of <linux/bpf_common.h>: load a word; jump; jump if equal; if at least; if any bit is set; return.
LOAD, JUMP, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x06
# Offsets in struct seccomp_data: the call, the architecture, and the lower halves of the first three arguments.
CALL, ARCHITECTURE, FIRST, SECOND, THIRD = 0, 4, 16, 24, 32
# Calls of x86_64's x32 mode have the same architecture and this bit.
X32_BIT = 0x40000000
# <linux/sched.h>: a thread, and all namespaces that clone(2) can create.
CLONE_THREAD, CLONE_NAMESPACES = 0x00010000, 0x7E020000
# <asm-generic/fcntl.h>: O_WRONLY, O_RDWR, O_CREAT and O_TRUNC, the same on both architectures.
WRITING = 0o1 | 0o2 | 0o100 | 0o1000
# struct sock_filter: code, jump if true, jump if false, value. struct sock_fprog: length, address.
INSTRUCTION = struct.Struct("HBBI")
LIBC = ctypes.CDLL(None)


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install_filter(*, programs: bool) -> bool:
    """Installs the filter for all threads of this process. With `programs` it may start programs. Returns False where
    the kernel lacks seccomp.
    """
    arch = machine()
    if arch is None:
        return False
    code = refusals(arch, programs=programs) + b"".join(_conditions(arch, os.getpid(), programs=programs))
    program = Program(len(code) // INSTRUCTION.size, code)
    return not LIBC.syscall(SECCOMP[arch], SET_MODE_FILTER, TSYNC, ctypes.byref(program))


@cache
def machine() -> int | None:
    """Returns the index of this machine's architecture; None for others, and for a 32-bit Python, which has other
    numbers.
    """
    name = os.uname().machine
    return MACHINES.index(name) if name in MACHINES and sys.maxsize > 1 << 32 else None


@cache
def refusals(arch: int, *, programs: bool) -> bytes:
    """Returns the part of the filter that is the same for all processes on an architecture."""
    return b"".join(_refuse(arch, programs=programs))


def _refuse(arch: int, *, programs: bool) -> Iterator[bytes]:
    yield from (_do(LOAD, ARCHITECTURE), _do(EQUAL, ARCHITECTURES[arch], 1, 0), _do(RETURN, KILL_PROCESS))
    yield from (_do(LOAD, CALL), _do(AT_LEAST, X32_BIT, 0, 1), _return(ENOSYS))
    numbers = [*_numbers(REFUSED_CALLS, arch), *([] if programs else _numbers(EXECUTING, arch))]
    for left, number in zip(range(len(numbers), 0, -1), numbers, strict=True):
        yield _do(EQUAL, number, left, 0)
    yield from (_do(JUMP, 1), _return(EPERM))


def _conditions(arch: int, own: int, *, programs: bool) -> Iterator[bytes]:
    """Yields the part for a process with the id `own`."""
    for name, rule in _rules(own, programs=programs).items():
        number = CONDITIONAL[name][arch]
        if number is not None:
            yield from _case(number, *rule)
    yield _do(RETURN, ALLOW)


def _rules(own: int, *, programs: bool) -> Mapping[str, tuple[bytes, ...]]:
    """Returns the rules of calls that are refused for some arguments. A filter can't follow pointers, so that clone3 is
    refused: C libraries then use clone.
    """
    thread = () if programs else (_do(ANY_BIT, CLONE_THREAD, 1, 0), _return(EPERM))
    return {
        "open": _unless_any(SECOND, WRITING),
        "openat": _unless_any(THIRD, WRITING),
        "openat2": (_return(ENOSYS),),
        "clone": (_do(LOAD, FIRST), *thread, *_unless_any(FIRST, CLONE_NAMESPACES)),
        "clone3": (_return(ENOSYS),),
        "kill": _if_one_of(own),
        "tgkill": _if_one_of(own),
        "prlimit64": _if_one_of(0, own),
    }


def _case(number: int, *rule: bytes) -> Iterator[bytes]:
    """Yields a rule for one call. It must end with an answer; other calls skip it."""
    yield _do(EQUAL, number, 0, len(rule))
    yield from rule


def _unless_any(argument: int, bits: int) -> tuple[bytes, ...]:
    return _do(LOAD, argument), _do(ANY_BIT, bits, 0, 1), _return(EPERM), _do(RETURN, ALLOW)


def _if_one_of(*numbers: int) -> tuple[bytes, ...]:
    """Allows calls whose first argument is one of these process ids."""
    known = (each for number in numbers for each in (_do(EQUAL, number, 0, 1), _do(RETURN, ALLOW)))
    return _do(LOAD, FIRST), *known, _return(EPERM)


def _numbers(calls: Mapping[str, Numbers], arch: int) -> Iterator[int]:
    return (number for numbers in calls.values() if (number := numbers[arch]) is not None)


def _return(error: int) -> bytes:
    return _do(RETURN, REFUSE | error)


def _do(code: int, value: int, if_true: int = 0, if_not: int = 0) -> bytes:
    return INSTRUCTION.pack(code, if_true, if_not, value)
