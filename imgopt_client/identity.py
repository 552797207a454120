"""Who is asking: a user by token, or a guest by the session token that the server gave it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

GUEST_HEADER = "X-Session-Token"


def keep_nothing(_: str | None) -> None:
    """For guests who are not remembered after the run."""


class Identity:
    """Shared by all requests of a run. `keep` is told of a guest's token when it changes."""

    def __init__(
        self, bearer: str | None = None, guest: str | None = None, keep: Callable[[str | None], None] = keep_nothing
    ) -> None:
        self.bearer, self.guest, self.keep = bearer, guest, keep
        self.lock = threading.Lock()
        self.settled = bearer is not None

    def headers(self) -> dict[str, str]:
        if self.bearer:
            return {"Authorization": f"Bearer {self.bearer}"}
        return {GUEST_HEADER: self.guest} if self.guest else {}

    @contextmanager
    def introducing(self) -> Iterator[None]:
        """Around each upload. The first one of a guest goes alone: it may make the guest that the others belong to."""
        with ExitStack() as stack:
            if not self.settled:
                stack.enter_context(self.lock)
                if self.settled:
                    stack.close()
            yield

    def meet(self, token: object) -> None:
        """The session token of an upload's answer: a server that does not know the one it got sends another."""
        if self.bearer:
            return
        if isinstance(token, str) and token and token != self.guest:
            self.guest = token
            self.keep(token)
        self.settled = True

    def drop(self, headers: dict[str, str]) -> bool:
        """Forgets the guest that a refused request came from; False where it came from no guest."""
        token = headers.get(GUEST_HEADER)
        if token is None:
            return False
        if self.guest == token:
            self.guest, self.settled = None, False
            self.keep(None)
        return True
