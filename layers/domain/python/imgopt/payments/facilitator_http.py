"""An HTTP client for the facilitator: the part of httpx that x402's client uses, with one deadline and no redirects.

The operator chooses the facilitator's address, so that private addresses are allowed. Proxy variables of the
environment are ignored.
"""

import json as json_format
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from imgopt.safe_http.client import Response, request
from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.destinations import DEFAULT_PORTS, LOOKUP_SECONDS, Destination
from imgopt.safe_http.dns import resolve_host
from imgopt.safe_http.errors import NOT_FOUND, unfetchable

MOST_ANSWER_BYTES, PIECE_BYTES = 65_536, 8192


@dataclass(frozen=True)
class FacilitatorAnswer:
    status_code: int
    text: str
    headers: Mapping[str, str]

    def json(self) -> Any:
        return json_format.loads(self.text)


@dataclass(frozen=True)
class DeadlineClient:
    """Raises Unfetchable where the facilitator does not answer before the deadline."""

    deadline: Deadline

    def post(self, url: str, *, headers: Mapping[str, str], json: object) -> FacilitatorAnswer:
        destination = _destination(url, self.deadline)
        body = json_format.dumps(json).encode()
        with request("POST", destination, self.deadline, headers, body) as answer:
            return FacilitatorAnswer(answer.status, _read(answer).decode(errors="replace"), {})


def _destination(url: str, deadline: Deadline) -> Destination:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or DEFAULT_PORTS[parts.scheme]
    addresses = resolve_host(host, port, min(LOOKUP_SECONDS, deadline.remaining()))
    if not addresses:
        raise unfetchable(NOT_FOUND)
    address = next((each for each in addresses if ":" not in each), addresses[0])
    return Destination(parts.scheme, host, port, address, parts.path)


def _read(answer: Response) -> bytes:
    content = b""
    while piece := answer.read(PIECE_BYTES):
        content += piece
        if len(content) > MOST_ANSWER_BYTES:
            raise unfetchable("its answer is too large")
    return content
