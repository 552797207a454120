"""Requests signed by AWS's own client, and a guard that records the requests that it passes on."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from typing import Any
from urllib.parse import unquote, urlsplit

import boto3
from botocore.awsrequest import AWSRequest, AWSResponse
from botocore.config import Config

from local.emulator.guard import Guard
from local.emulator.keys import REGION, AccessKey, new_access_key
from local.emulator.origins import KnownOrigins, origins_at

PORT, SERVICE_PORT = 4566, 8080
ENDPOINT, OWN, OTHER = f"http://127.0.0.1:{PORT}", f"http://127.0.0.1:{SERVICE_PORT}", "https://evil.example"
KEY = new_access_key()
PART = 1000


@dataclass(frozen=True)
class Asked:
    """A request on the wire. A header that is there twice has a line for each."""

    method: str
    target: str
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""

    def having(self, **headers: str) -> "Asked":
        return replace(self, headers={**self.headers, **{name.replace("_", "-"): headers[name] for name in headers}})

    def without(self, *names: str) -> "Asked":
        return replace(self, headers={name: value for name, value in self.headers.items() if name not in names})


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes
    seen: Any  # what the emulator was asked, None where it was not

    @property
    def is_refused(self) -> bool:
        return self.seen is None


class Emulator:
    """Reads the whole body, as MiniStack does, and lets every website read its answers."""

    def __init__(self) -> None:
        self.seen: Asked | None = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        body, more = b"", True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            body, more = body + message["body"], message["more_body"]
        headers = {name.decode(): value.decode("latin-1") for name, value in scope["headers"]}
        self.seen = Asked(scope["method"], scope["path"], headers, body)
        open_to_all = [(b"Access-Control-Allow-Origin", b"*"), (b"content-type", b"image/svg+xml")]
        await send({"type": "http.response.start", "status": 200, "headers": open_to_all})
        await send({"type": "http.response.body", "body": b"done"})


def ask(asked: Asked, *, key: AccessKey = KEY, websites: tuple[str, ...] = (), after: float = 0) -> Answer:
    """Asks a guard whose clock is `after` seconds ahead. The body arrives in parts."""
    emulator, sent = Emulator(), []
    origins = KnownOrigins(PORT, websites or origins_at(SERVICE_PORT))
    guard = Guard(emulator, key, origins, lambda: datetime.now(UTC).timestamp() + after)
    parts = [asked.body[start : start + PART] for start in range(0, len(asked.body), PART)] or [b""]
    messages = iter([{"type": "http.request", "body": part, "more_body": True} for part in parts[:-1]])

    async def receive() -> Any:
        found = next(messages, None)
        return found or {"type": "http.request", "body": parts[-1], "more_body": False}

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(guard(scope_of(asked), receive, send))
    headers = {name.decode().lower(): value.decode() for name, value in sent[0]["headers"]}
    return Answer(sent[0]["status"], headers, b"".join(each["body"] for each in sent[1:]), emulator.seen)


def scope_of(asked: Asked) -> dict[str, Any]:
    path, _, query = asked.target.partition("?")
    headers = {"host": f"127.0.0.1:{PORT}", **{name.lower(): value for name, value in asked.headers.items()}}
    lines = [(name, line) for name, value in headers.items() for line in value.split("\n")]
    return {
        "type": "http",
        "method": asked.method,
        "raw_path": path.encode(),
        "path": unquote(path),
        "query_string": query.encode(),
        "headers": [(name.encode(), line.encode("latin-1")) for name, line in lines],
    }


@cache
def client(service: str, key: AccessKey = KEY) -> Any:
    session = boto3.Session(aws_access_key_id=key.id, aws_secret_access_key=key.secret, region_name=REGION)
    asking = session.client(service, endpoint_url=ENDPOINT, config=S3_CONFIG if service == "s3" else CONFIG)
    asking.meta.events.register("before-send", keep)
    return asking


FOUND: list[AWSRequest] = []
CONFIG = Config(retries={"total_max_attempts": 1})
S3_CONFIG = CONFIG.merge(Config(signature_version="s3v4"))


def keep(request: AWSRequest, **_: Any) -> AWSResponse:
    FOUND.append(request)
    return AWSResponse(request.url, 200, {}, Empty())


def call(service: str, operation: str, **parameters: Any) -> Asked:
    """The request that the client sends for a call."""
    with suppress(Exception):  # the answer is not one of that service's
        getattr(client(service), operation)(**parameters)
    return on_the_wire(FOUND.pop())


class Empty:
    def stream(self, **_: Any) -> list[bytes]:
        return []

    def read(self) -> bytes:
        return b""


def on_the_wire(request: Any) -> Asked:
    parts = urlsplit(request.url)
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {name.lower(): decoded(value) for name, value in request.headers.items()}
    body = request.body.read() if hasattr(request.body, "read") else request.body or b""
    return Asked(request.method, target, headers, body.encode() if isinstance(body, str) else body)


def decoded(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value


def address(operation: str = "get_object", seconds: int = 60, **parameters: str) -> Asked:
    """A signed one."""
    asked = {"Bucket": "results", "Key": "a b/ü+1.png", **parameters}
    url = client("s3").generate_presigned_url(operation, Params=asked, ExpiresIn=seconds)
    return Asked("GET", url.removeprefix(ENDPOINT))
