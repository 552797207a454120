"""Child processes that end with their parent, together with all processes that they started."""

import ctypes
import fcntl
import os
import resource
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self

from local.private_files import UMASK, closed_to_others, make_folder

GROUP_SECONDS = 2
POLL_SECONDS = 0.02
BACKLOG = 1024
# Far more than the connections that may be open. macOS allows a process 10240 at most.
OPEN_FILES = 8192
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>
libc = ctypes.CDLL(None)
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """This process was asked to end. It is a BaseException, so that libraries do not catch it."""


def end_on_signals() -> None:
    """Makes Ctrl-C, SIGTERM and SIGHUP raise Stopped, also in background jobs, for which shells ignore Ctrl-C."""

    def stop(number: int, _: object) -> NoReturn:
        raise Stopped(signal.Signals(number).name)

    for number in ENDING_SIGNALS:
        if number != signal.SIGHUP or signal.getsignal(number) is not signal.SIG_IGN:  # nohup
            signal.signal(number, stop)


def end_with_parent() -> None:
    """Makes Linux end the process when its parent was killed."""
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


class Child:
    """A program in its own process group, so that a terminal's Ctrl-C reaches only the parent."""

    sockets: Sequence[socket.socket] = ()  # the sockets that it inherits

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], log: Path, patience: float = 4
    ) -> None:
        """`patience` is the time in seconds that it has to end after it was asked to."""
        self.name, self.log, self.patience = name, log, patience
        self.command, self.environment = command, environment

    def __enter__(self) -> Self:
        make_folder(self.log.parent)
        with closed_to_others():
            self.log.write_bytes(b"")
        self.start()
        return self

    def start(self) -> None:
        with closed_to_others(), self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                umask=UMASK,
                pass_fds=[each.fileno() for each in self.sockets],
                preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - a system call alone
            )

    def restart(self) -> None:
        """Starts it again after it has ended. Processes that it had started are ended first."""
        self.stop()
        self.start()

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with signals_ignored():
            self.stop()

    def ask_to_end(self) -> None:
        """Asks it to end, without waiting, so that several can end at the same time."""
        with suppress(ProcessLookupError):
            self.process.terminate()

    def stop(self) -> None:
        """Asks it to end, and kills it if it does not. No process of its group is left."""
        if self.process.poll() is None:
            self.ask_to_end()
            with suppress(subprocess.TimeoutExpired):
                self.process.wait(self.patience)
        deadline = time.monotonic() + GROUP_SECONDS
        with suppress(ProcessLookupError):
            while time.monotonic() < deadline:
                os.killpg(self.process.pid, signal.SIGKILL)
                has_ended = not is_alive(self.process.pid)
                self.process.poll()
                if has_ended:
                    return
                time.sleep(POLL_SECONDS)

    def is_up(self) -> bool:
        return self.process.poll() is None

    def describe_end(self) -> str:
        status = self.process.returncode
        return (
            f"was killed by {signal.Signals(-status).name}"
            if status < 0
            else f"ended unexpectedly (exit code {status})"
        )

    def last_lines(self, count: int = 15) -> list[str]:
        return self.log.read_text(errors="replace").splitlines()[-count:]

    def check(self) -> None:
        """Raises RuntimeError with the last lines of its log if it has ended."""
        if self.process.poll() is not None:
            tail = "\n".join(self.last_lines())
            raise RuntimeError(f"{self.name} {self.describe_end()}; the end of its log {self.log}:\n{tail}")

    def wait_until(self, ready: Callable[[], bool], seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise RuntimeError(f"{self.name} was not ready within {seconds:g} seconds; its log is {self.log}")
            time.sleep(POLL_SECONDS)


def is_alive(group: int) -> bool:
    """Whether a process of the group still runs, by /proc if there is one. Zombies do not count."""
    stats = [*Path("/proc").glob("[0-9]*/stat")]
    return not stats or any(is_of_group(stat, group) for stat in stats)


def is_of_group(stat: Path, group: int) -> bool:
    """Whether a process is in the group and no zombie, by proc_pid_stat(5)."""
    with suppress(OSError, ValueError):
        state, _, its_group, *_ = stat.read_text().rpartition(")")[2].split()
        return int(its_group) == group and state not in "ZX"
    return False


@contextmanager
def signals_ignored() -> Iterator[None]:
    """A context in which signals to end are ignored, while processes are stopped."""
    previous = {number: signal.signal(number, signal.SIG_IGN) for number in ENDING_SIGNALS}
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


@contextmanager
def only_one(lock: Path, message: str) -> Iterator[None]:
    """A context that one process at a time can enter. Raises RuntimeError with `message` if another has the lock."""
    try:
        make_folder(lock.parent)
        with closed_to_others():
            file = lock.open("w")
    except OSError as error:
        raise RuntimeError(f"{lock.parent} can't be used: {error.strerror}") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise RuntimeError(message) from error
        yield


def listen(port: int = 0) -> socket.socket:
    """A listening socket on loopback, which can be passed to another process. Port 0 is any free port.

    Raises OSError if the port can't be used.
    """
    bound = socket.socket()
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(("127.0.0.1", port))
        bound.listen(BACKLOG)
    except OSError:
        bound.close()
        raise
    return bound


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def raise_file_limit() -> None:
    """Raises the limit on open files, which connections need. Child processes inherit it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = OPEN_FILES if hard == resource.RLIM_INFINITY else min(OPEN_FILES, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
