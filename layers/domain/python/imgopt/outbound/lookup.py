"""DNS, with a limit on time, which the system's own function has not."""

import socket
from concurrent.futures import Future
from contextlib import suppress
from threading import Thread

from imgopt.outbound.deadline import TOO_LONG
from imgopt.outbound.refusal import refusal

Answers = list[str]


def look_up(host: str, port: int, seconds: float) -> Answers:
    """All addresses of a host, at least one. It may be spelled as the system takes it: 127.1 is an address, too.

    Raises Unfetchable where it has none, or DNS takes longer.
    """
    answer: Future[Answers] = Future()
    # Left behind where it is late: nothing can stop it, and nothing waits for a daemon.
    Thread(target=_ask, args=(host, port, answer), daemon=True).start()
    with suppress(OSError, UnicodeError):
        found = answer.result(timeout=seconds)
        if found:
            return found
    raise refusal("the host was not found" if answer.done() else TOO_LONG)


def _ask(host: str, port: int, answer: Future[Answers]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answer.set_result([str(each[4][0]) for each in found])
    except Exception as error:
        answer.set_exception(error)
