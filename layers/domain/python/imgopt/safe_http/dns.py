"""DNS, with a limit on time, which the system's own function has not."""

import socket
from concurrent.futures import Future
from threading import Thread

from imgopt.safe_http.errors import NOT_FOUND, TOO_LONG, unfetchable

Answers = list[str]
# DNS says that there is no such name, or no address of it. All else is no answer.
ABSENT = (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME))


def resolve_host(host: str, port: int, seconds: float) -> Answers:
    """All addresses of a host, if it has any. It may be spelled as the system takes it: 127.1 is an address, too.

    Raises Unfetchable, which passes, where DNS takes longer or can't say.
    """
    answer: Future[Answers] = Future()
    # Left behind where it is late: nothing can stop it, and nothing waits for a daemon.
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
