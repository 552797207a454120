"""DNS lookups with a timeout, which the system's function doesn't have."""

import socket
from concurrent.futures import Future
from threading import Thread

from imgopt.safe_http.errors import NOT_FOUND, TOO_LONG, unfetchable

Answers = list[str]
# DNS answers that the name, or an address for it, doesn't exist. Other errors mean that there was no answer.
ABSENT = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


def resolve_host(host: str, port: int, seconds: float) -> Answers:
    """Returns all addresses of a host, which may be none. All spellings of the system are allowed: 127.1 is an address.

    Raises Unfetchable, with `passes`, where DNS takes too long or doesn't answer.
    """
    answer: Future[Answers] = Future()
    # A late thread is abandoned: it can't be stopped, and a daemon doesn't delay the process's end.
    Thread(target=_ask, args=(host, port, answer), daemon=True).start()
    try:
        return answer.result(timeout=seconds)
    except (OSError, UnicodeError) as error:
        if isinstance(error, UnicodeError) or error.errno in ABSENT:
            return []
        raise unfetchable(NOT_FOUND if answer.done() else TOO_LONG) from error


def _ask(host: str, port: int, answer: Future[Answers]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        answer.set_result([str(each[4][0]) for each in found])
    except Exception as error:
        answer.set_exception(error)
