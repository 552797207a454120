"""A client for OpenAI's API, with the SDK's errors mapped to this package's. The SDK is imported late: that takes 1 s
of CPU time.

The operator chooses the URL, so that private hosts are allowed. Redirects are not followed, because the key would be
sent along.
"""

import json
import logging
import ssl
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, repeat
from math import inf
from typing import TYPE_CHECKING, Any, cast

from imgopt.concurrency import run_all
from imgopt.errors import NotConfigured, Unavailable
from imgopt.tagging.model import MalformedOutput, TaggingFailed
from imgopt.telemetry import logger

if TYPE_CHECKING:
    from openai import APIStatusError, OpenAI

REACH_SECONDS = 5.0
# Before the second and the third attempt, where the server names no time. An attempt with less time than that is not
# made.
RETRY_PAUSES = (0.5, 2.0)
LEAST_ATTEMPT_SECONDS = 1.0
PASSING_STATUS = frozenset({408, 409, 425, 429})
FAULTS_FROM, NOT_IMPLEMENTED = 500, 501
LONGEST_ANSWER = 1024 * 1024
# These loggers write URLs and, at DEBUG, whole requests.
CHATTY_LOGGERS = ("openai", "httpx2", "httpcore2")


@dataclass(frozen=True)
class ModelServer:
    """`base_url` usually ends with /v1; `api_key` "" means that none is sent."""

    base_url: str
    api_key: str = field(repr=False)


class RequestRefused(TaggingFailed):
    """The server refused a request permanently. `reason` is the server's text, which may quote the request."""

    def __init__(self, status: int, reason: str = "") -> None:
        super().__init__(f"The model's server refused the request ({status}).")
        self.status, self.reason = status, reason


@dataclass(frozen=True)
class FailedAttempt:
    """A failed attempt that may be repeated, after `pause` seconds, which the server has named."""

    message: str
    pause: float = 0.0


NOT_IN_TIME = FailedAttempt("The model did not answer in time.")
NOT_REACHED = FailedAttempt("The model could not be reached.")


def complete(server: ModelServer, request: Mapping[str, Any], seconds: float) -> Mapping[str, Any]:
    """Returns the answer of /chat/completions, an unchecked object, within `seconds` for all attempts.

    Raises Unavailable without an answer, MalformedOutput where it isn't an object, RequestRefused, and NotConfigured.
    """
    check_key(server.api_key)
    if seconds <= 0:
        raise Unavailable(NOT_IN_TIME.message)
    until = time.monotonic() + seconds
    for pause in chain(RETRY_PAUSES, repeat(inf)):
        found = _attempt(server, request, until - time.monotonic())
        if not isinstance(found, FailedAttempt):
            return _parse_answer(found)
        wait = max(pause, found.pause)
        if time.monotonic() + wait + LEAST_ATTEMPT_SECONDS > until:
            raise Unavailable(found.message)
        time.sleep(wait)
    raise AssertionError("RETRY_PAUSES has no further entry")


def check_key(key: str) -> None:
    """Raises NotConfigured for a key that can't be sent, before an error of a library would quote it."""
    if not (key.isascii() and (key.isprintable() or not key)):
        raise NotConfigured("The model's key contains characters that can't be sent. Use printable ASCII.")


def _attempt(server: ModelServer, request: Mapping[str, Any], seconds: float) -> bytes | FailedAttempt:
    """Makes an attempt in a thread, because the SDK's own timeout restarts with every byte."""
    with _client(server, seconds) as client:
        headers = {} if server.api_key else _without_key()
        (outcome,) = run_all([lambda: _ask(client, {**request, "extra_headers": headers})], seconds=seconds)
        return outcome.take() if outcome.ended.is_set() else NOT_IN_TIME


def _ask(client: "OpenAI", request: Mapping[str, Any]) -> bytes | FailedAttempt:
    import httpx2
    import openai

    try:
        with _answered(client, request) as pieces:
            return _gather(pieces)
    except openai.APIStatusError as error:
        return _judge(error)
    except (openai.APITimeoutError, httpx2.TimeoutException):
        return NOT_IN_TIME
    except (openai.APIConnectionError, httpx2.HTTPError):
        return NOT_REACHED


def _client(server: ModelServer, seconds: float) -> "OpenAI":
    """Returns the SDK's client. It ignores environment variables for proxies, keys and organizations."""
    try:
        import openai
    except ImportError as error:
        raise NotConfigured("Tagging is not installed: the SDK is missing.") from error
    for name in CHATTY_LOGGERS:
        logging.getLogger(name).setLevel(logging.WARNING)
    left_out = ("OpenAI-Organization", "OpenAI-Project")
    return openai.OpenAI(
        base_url=server.base_url,
        api_key=server.api_key or "none",
        max_retries=0,
        timeout=openai.Timeout(seconds, connect=min(REACH_SECONDS, seconds)),
        default_headers=cast("Mapping[str, str]", {name: openai.Omit() for name in left_out}),
        http_client=openai.DefaultHttpx2Client(follow_redirects=False, trust_env=False, verify=_authorities()),
    )


@cache
def _authorities() -> ssl.SSLContext:
    """Returns the system's certificate authorities, read once."""
    return ssl.create_default_context()


def _without_key() -> dict[str, object]:
    import openai

    return {"Authorization": openai.Omit()}


@contextmanager
def _answered(client: "OpenAI", request: Mapping[str, Any]) -> Iterator[Iterable[bytes]]:
    asking: Any = client.chat.completions.with_streaming_response
    with asking.create(**request) as response:
        yield response.iter_bytes()


def _gather(pieces: Iterable[bytes]) -> bytes:
    data = bytearray()
    for piece in pieces:
        data += piece
        if len(data) > LONGEST_ANSWER:
            raise MalformedOutput("The model's answer was too long.")
    return bytes(data)


def _judge(error: "APIStatusError") -> FailedAttempt:
    """Returns the failed attempt. Raises RequestRefused for permanent errors. Their text is not logged, because it may
    quote the key.
    """
    status = error.status_code
    logger.warning("model refused", extra={"status": status})
    if status in PASSING_STATUS or (status >= FAULTS_FROM and status != NOT_IMPLEMENTED):
        return FailedAttempt(f"The model is busy or faulty ({status}).", _pause_of(error))
    raise RequestRefused(status, error.message) from None


def _pause_of(error: "APIStatusError") -> float:
    """Returns the seconds of Retry-After; 0 for a date, which no such server sends."""
    retry_after = error.response.headers.get("retry-after", "")
    return float(retry_after) if retry_after.isascii() and retry_after.isdecimal() and len(retry_after) < 6 else 0.0


def _parse_answer(data: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MalformedOutput("The model's server did not answer with JSON.") from error
    if not isinstance(found, Mapping):
        raise MalformedOutput("The model's server did not answer with a JSON object.")
    return found
