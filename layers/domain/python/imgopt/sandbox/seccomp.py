"""A filter of system calls, which the kernel keeps permanently for a process and all that it starts (seccomp(2)).

It refuses what `syscalls` lists, by EPERM, and lets everything else pass: libraries ask for other calls with each
version, and fail where one that they need is refused.
"""

import ctypes
import os
import struct
import sys
from collections.abc import Iterator, Mapping
from functools import cache

from imgopt.sandbox.syscalls import CONDITIONAL, EXECUTING, REFUSED_CALLS, Numbers

MACHINES = ("x86_64", "aarch64")
# AUDIT_ARCH_* of <linux/audit.h>, and the number of seccomp(2) itself.
ARCHITECTURES, SECCOMP = (0xC000003E, 0xC00000B7), (317, 277)
SET_MODE_FILTER, TSYNC = 1, 1  # <linux/seccomp.h>
KILL_PROCESS, REFUSE, ALLOW = 0x80000000, 0x00050000, 0x7FFF0000
EPERM, ENOSYS = 1, 38
# Instructions of <linux/bpf_common.h>: load a word, jump, jump if equal, if at least, if any bit is set, return.
LOAD, JUMP, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x05, 0x15, 0x35, 0x45, 0x06
# Offsets in struct seccomp_data: the call, the architecture, and the lower half of the first three arguments.
CALL, ARCHITECTURE, FIRST, SECOND, THIRD = 0, 4, 16, 24, 32
# Calls of the 32-bit mode of x86_64 have the same architecture and this bit.
X32_BIT = 0x40000000
# <linux/sched.h>: a thread, and all new namespaces that clone(2) can make.
CLONE_THREAD, CLONE_NAMESPACES = 0x00010000, 0x7E020000
# <asm-generic/fcntl.h>: O_WRONLY, O_RDWR, O_CREAT and O_TRUNC, alike on both.
WRITING = 0o1 | 0o2 | 0o100 | 0o1000
# struct sock_filter: code, jumps where true and where not, value; struct sock_fprog: how many, and where.
INSTRUCTION = struct.Struct("HBBI")
LIBC = ctypes.CDLL(None)


class Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


def install_filter(*, programs: bool) -> bool:
    """Puts all threads of this process under the filter; `programs` may be started. False where the kernel has none."""
    arch = machine()
    if arch is None:
        return False
    code = refusals(arch, programs=programs) + b"".join(_conditions(arch, os.getpid(), programs=programs))
    program = Program(len(code) // INSTRUCTION.size, code)
    return not LIBC.syscall(SECCOMP[arch], SET_MODE_FILTER, TSYNC, ctypes.byref(program))


@cache
def machine() -> int | None:
    """The index of this one; a Python of 32 bits has other numbers."""
    name = os.uname().machine
    return MACHINES.index(name) if name in MACHINES and sys.maxsize > 1 << 32 else None


@cache
def refusals(arch: int, *, programs: bool) -> bytes:
    """The part that is the same for all processes on the machine of that index."""
    return b"".join(_refuse(arch, programs=programs))


def _refuse(arch: int, *, programs: bool) -> Iterator[bytes]:
    yield from (_do(LOAD, ARCHITECTURE), _do(EQUAL, ARCHITECTURES[arch], 1, 0), _do(RETURN, KILL_PROCESS))
    yield from (_do(LOAD, CALL), _do(AT_LEAST, X32_BIT, 0, 1), _return(ENOSYS))
    numbers = [*_numbers(REFUSED_CALLS, arch), *([] if programs else _numbers(EXECUTING, arch))]
    for left, number in zip(range(len(numbers), 0, -1), numbers, strict=True):
        yield _do(EQUAL, number, left, 0)
    yield from (_do(JUMP, 1), _return(EPERM))


def _conditions(arch: int, own: int, *, programs: bool) -> Iterator[bytes]:
    """For a process of that number."""
    for name, rule in _rules(own, programs=programs).items():
        number = CONDITIONAL[name][arch]
        if number is not None:
            yield from _case(number, *rule)
    yield _do(RETURN, ALLOW)


def _rules(own: int, *, programs: bool) -> Mapping[str, tuple[bytes, ...]]:
    """Of calls that are refused in part. What a pointer leads to can't be seen here: C libraries know an older way."""
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
    """A rule that ends with an answer, for one call; others pass it by."""
    yield _do(EQUAL, number, 0, len(rule))
    yield from rule


def _unless_any(argument: int, bits: int) -> tuple[bytes, ...]:
    return _do(LOAD, argument), _do(ANY_BIT, bits, 0, 1), _return(EPERM), _do(RETURN, ALLOW)


def _if_one_of(*numbers: int) -> tuple[bytes, ...]:
    """Of processes, by the first argument."""
    known = (each for number in numbers for each in (_do(EQUAL, number, 0, 1), _do(RETURN, ALLOW)))
    return _do(LOAD, FIRST), *known, _return(EPERM)


def _numbers(calls: Mapping[str, Numbers], arch: int) -> Iterator[int]:
    return (numbers[arch] for numbers in calls.values() if numbers[arch] is not None)  # type: ignore[misc]


def _return(error: int) -> bytes:
    return _do(RETURN, REFUSE | error)


def _do(code: int, value: int, if_true: int = 0, if_not: int = 0) -> bytes:
    return INSTRUCTION.pack(code, if_true, if_not, value)
