"""Requests to one server, with credentials and retries. Error answers become exceptions."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2

from imgopt_client.errors import ClientError, FileRefused, NotPermitted, UnknownGuest
from imgopt_client.identity import Identity
from imgopt_client.responses import JsonObject, read_object
from imgopt_client.retries import RetryPolicy
from imgopt_client.thread_pool import CancelToken

SERVER_VARIABLE, DEFAULT_SERVER = "IMGOPT_SERVER", "http://127.0.0.1:8080"
TIMEOUT = httpx2.Timeout(120, connect=10)
MAX_REDIRECTS = 3
NO_HEADERS: Mapping[str, str] = {}
LOOPBACK_HOSTS = ("127.0.0.1", "::1", "localhost")
UNKNOWN_GUEST = "The guest session has expired. Run the command again to start a new one."
INVALID_LOGIN = "The server does not accept the login or the key in IMGOPT_API_KEY. Run `imgopt login` to log in again."


def ignore_message(_: str) -> None:
    """Ignores a message. The default for programs."""


@dataclass(frozen=True)
class Connection:
    """A connection that all threads of a run share."""

    server: str
    http: httpx2.Client
    identity: Identity
    cancel_token: CancelToken
    retries: RetryPolicy

    def request(self, method: str, path: str, **content: Any) -> JsonObject:
        """Sends a request, with retries, and returns its JSON. Requests are safe to repeat."""
        return self.retries.run(lambda: self.request_once(method, path, **content))

    def request_once(
        self, method: str, path: str, *, headers: Mapping[str, str] = NO_HEADERS, **content: Any
    ) -> JsonObject:
        """Sends a request once. Files in `content` have to be opened again for each attempt."""
        self.cancel_token.check()
        who = self.identity.headers()
        sent = {**headers, **who}
        response = self.http.request(method, self.server + path, headers=sent, follow_redirects=False, **content)
        if response.status_code == 401 and who:
            raise UnknownGuest(UNKNOWN_GUEST) if self.identity.forget_guest(who) else NotPermitted(INVALID_LOGIN)
        return read_object(response)

    @contextmanager
    def stream(self, path: str) -> Iterator[httpx2.Response]:
        """A streamed GET. Redirects to other servers are followed without credentials."""
        self.cancel_token.check()
        url, headers = httpx2.URL(self.server + path), self.identity.headers()
        for _ in range(MAX_REDIRECTS + 1):
            with self.http.stream("GET", url, headers=headers, follow_redirects=False) as response:
                if not response.has_redirect_location:
                    yield response
                    return
                url, headers = response.url.join(response.headers["location"]), {}
        raise FileRefused("The download failed: the server redirects too often.")


@contextmanager
def connect(  # noqa: PLR0913 - all but the first have a default
    server: str,
    identity: Identity | None = None,
    http: httpx2.Client | None = None,
    sleep: Callable[[float], object] | None = None,
    notify: Callable[[str], None] = ignore_message,
    *,
    plain_http: bool = False,
) -> Iterator[Connection]:
    """A connection, as a new guest if `identity` is None. A client `http` that is given is not closed.

    Raises ClientError if tokens would be sent unencrypted to another machine, unless `plain_http` is true.
    """
    server, cancel_token = parse_server_url(server), CancelToken(sleep)
    if not plain_http:
        check_encrypted(server)
    with ExitStack() as stack:
        client = http or stack.enter_context(httpx2.Client(timeout=TIMEOUT, trust_env=is_remote(server)))
        yield Connection(server, client, identity or Identity(), cancel_token, RetryPolicy(cancel_token.wait, notify))


def default_server(environment: Mapping[str, str]) -> str:
    return environment.get(SERVER_VARIABLE) or DEFAULT_SERVER


def is_remote(server: str) -> bool:
    """Whether the server is another machine. For this machine, proxies of the environment are not used."""
    return httpx2.URL(server).host not in LOOPBACK_HOSTS


def check_encrypted(server: str) -> None:
    if is_remote(server) and httpx2.URL(server).scheme != "https":
        raise ClientError(
            f"Tokens and files would be sent to {server} unencrypted. Use https://, or allow it in a trusted network"
            " with --plain-http (in Python plain_http=True)."
        )


def parse_server_url(text: str) -> str:
    """The server's base URL. Raises ClientError if it is not an http(s) URL without password, query and fragment."""
    try:
        url = httpx2.URL(text.strip())
    except httpx2.InvalidURL as error:
        raise ClientError(f"{text!r} is not a valid URL: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ClientError(f"{text!r} is not the URL of a server. It has to begin with http:// or https://.")
    if url.userinfo or url.query or url.fragment:
        raise ClientError("The URL of the server can't contain a password, a query or a fragment.")
    return str(url).rstrip("/")
