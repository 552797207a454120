"""Requests to one server: with credentials, tried again where that helps, read into bodies or errors."""

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
UNKNOWN_GUEST = "The server does not know this guest any more. The next upload begins anew."
INVALID_LOGIN = "The server does not accept the login, or the key in IMGOPT_API_KEY. `imgopt login` makes a new login."


def ignore_message(_: str) -> None:
    """For programs that have no one to tell."""


@dataclass(frozen=True)
class Connection:
    """What all threads of a run share."""

    server: str
    http: httpx2.Client
    identity: Identity
    cancel_token: CancelToken
    retries: RetryPolicy

    def request(self, method: str, path: str, **content: Any) -> JsonObject:
        """Tried again where that helps: requests are such that it does no harm."""
        return self.retries.run(lambda: self.request_once(method, path, **content))

    def request_once(
        self, method: str, path: str, *, headers: Mapping[str, str] = NO_HEADERS, **content: Any
    ) -> JsonObject:
        """One attempt, without a retry. Files have to be opened anew for each."""
        self.cancel_token.check()
        who = self.identity.headers()
        sent = {**headers, **who}
        response = self.http.request(method, self.server + path, headers=sent, follow_redirects=False, **content)
        if response.status_code == 401 and who:
            raise UnknownGuest(UNKNOWN_GUEST) if self.identity.forget_guest(who) else NotPermitted(INVALID_LOGIN)
        return read_object(response)

    @contextmanager
    def stream(self, path: str) -> Iterator[httpx2.Response]:
        """Credentials are for the server alone: what it redirects to is asked without them."""
        self.cancel_token.check()
        url, headers = httpx2.URL(self.server + path), self.identity.headers()
        for _ in range(MAX_REDIRECTS + 1):
            with self.http.stream("GET", url, headers=headers, follow_redirects=False) as response:
                if not response.has_redirect_location:
                    yield response
                    return
                url, headers = response.url.join(response.headers["location"]), {}
        raise FileRefused("The server redirects too often.")


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
    """A connection as a new guest, if no identity is given. A client that is given stays open.

    Raises ClientError where tokens would go over a network in plain text, unless `plain_http` allows that.
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
    """Proxies of the environment are for the world outside."""
    return httpx2.URL(server).host not in LOOPBACK_HOSTS


def check_encrypted(server: str) -> None:
    if is_remote(server) and httpx2.URL(server).scheme != "https":
        raise ClientError(
            f"{server} would get tokens and files unencrypted. Use https://, or, in a network of your own, --plain-http"
            " (plain_http=True in Python)."
        )


def parse_server_url(text: str) -> str:
    """Raises ClientError for what is no plain address of a server."""
    try:
        url = httpx2.URL(text.strip())
    except httpx2.InvalidURL as error:
        raise ClientError(f"{text!r} is not an address: {error}.") from error
    if url.scheme not in ("http", "https") or not url.host:
        raise ClientError(f"{text!r} is not the address of a server. It begins with http:// or https://.")
    if url.userinfo or url.query or url.fragment:
        raise ClientError("The address of the server can't have a password, a query or a fragment.")
    return str(url).rstrip("/")
