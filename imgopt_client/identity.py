"""Who is asking: a user by token, or a guest by the session token that the server gave it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

GUEST_HEADER = "X-Session-Token"


def ignore_change(_: str | None) -> None:
    """For guests who are not remembered after the run."""


class Identity:
    """Shared by all requests of a run. `on_guest_change` is told of a guest's token when it changes."""

    def __init__(
        self,
        bearer_token: str | None = None,
        guest_token: str | None = None,
        on_guest_change: Callable[[str | None], None] = ignore_change,
    ) -> None:
        self.bearer_token, self.guest_token, self.on_guest_change = bearer_token, guest_token, on_guest_change
        self.lock = threading.Lock()
        self.is_established = bearer_token is not None

    def headers(self) -> dict[str, str]:
        if self.bearer_token:
            return {"Authorization": f"Bearer {self.bearer_token}"}
        return {GUEST_HEADER: self.guest_token} if self.guest_token else {}

    @contextmanager
    def first_upload_alone(self) -> Iterator[None]:
        """Around each upload. The first one of a guest goes alone: it may make the guest that the others belong to."""
        with ExitStack() as stack:
            if not self.is_established:
                stack.enter_context(self.lock)
                if self.is_established:
                    stack.close()
            yield

    def remember_guest(self, token: object) -> None:
        """The session token of an upload's answer: a server that does not know the one it got sends another."""
        if self.bearer_token:
            return
        if isinstance(token, str) and token and token != self.guest_token:
            self.guest_token = token
            self.on_guest_change(token)
        self.is_established = True

    def forget_guest(self, headers: dict[str, str]) -> bool:
        """Forgets the guest that a refused request came from; False where it came from no guest."""
        token = headers.get(GUEST_HEADER)
        if token is None:
            return False
        if self.guest_token == token:
            self.guest_token, self.is_established = None, False
            self.on_guest_change(None)
        return True
