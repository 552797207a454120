"""The identity of the caller: a user with a token, or a guest with a session token of the server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

GUEST_HEADER = "X-Session-Token"


def ignore_change(_: str | None) -> None:
    """Ignores a change. The default for guests that are not stored."""


class Identity:
    """The identity of all requests of a run. `on_guest_change` is called when the guest's token changes."""

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
        """A context for each upload. The first upload of a new guest runs alone, because it creates the guest."""
        with ExitStack() as stack:
            if not self.is_established:
                stack.enter_context(self.lock)
                if self.is_established:
                    stack.close()
            yield

    def remember_guest(self, token: object) -> None:
        """Stores the session token of an upload's answer, if there is one."""
        if self.bearer_token:
            return
        if isinstance(token, str) and token and token != self.guest_token:
            self.guest_token = token
            self.on_guest_change(token)
        self.is_established = True

    def forget_guest(self, headers: dict[str, str]) -> bool:
        """Deletes the guest whose token a refused request had. Returns False if the request had none."""
        token = headers.get(GUEST_HEADER)
        if token is None:
            return False
        if self.guest_token == token:
            self.guest_token, self.is_established = None, False
            self.on_guest_change(None)
        return True
