"""The guard in front of the emulator, which has no authentication: it admits signed requests, and few others."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from local.emulator import forms, open_paths, signatures
from local.emulator.bodies import AnyBody, HashedBody, Passing, Receive, read_all
from local.emulator.keys import TOKEN_HEADER, AccessKey
from local.emulator.origins import KnownOrigins, is_preflight
from local.emulator.refusals import Headers, Refused, refuse, respond
from local.emulator.requests import Request

# The largest body whose hash is not in a header. Lambda allows 6 MB, DynamoDB 16.
MOST_BYTES = 16 * 1024 * 1024
STAGE_PATH = re.compile(r"/restapis/[a-z0-9]+/[a-z0-9]+/_user_request_(/.*)?")
SHA256 = re.compile(r"[0-9a-f]{64}")
UNSIGNED = (signatures.UNSIGNED_PAYLOAD, "STREAMING-UNSIGNED-PAYLOAD-TRAILER")
# The allowed methods and headers of signed URLs, which are for downloads. By other headers, or by a body and its type,
# the holder of a URL could make the emulator take the request for one to another service.
ADDRESS_METHODS = ("GET", "HEAD")
WITH_ADDRESSES = (
    *("accept", "host", "range", "user-agent"),
    *("if-match", "if-modified-since", "if-none-match", "if-range", "if-unmodified-since"),
)
FORWARDED = ("forwarded", "x-real-ip")
# Stored files that a browser opens get a sandbox without scripts and origin.
AS_A_FILE = [(b"x-content-type-options", b"nosniff"), (b"content-security-policy", b"sandbox")]


@dataclass(frozen=True)
class Admission:
    """An admitted request: the request for the emulator, and headers to add to the answer."""

    request: Request
    receive: Passing
    headers: Headers
    has_own_cors: bool = False


class Guard:
    """ASGI middleware that admits requests with one access key to the emulator."""

    def __init__(self, app: Any, key: AccessKey, origins: KnownOrigins, clock: Callable[[], float] = time.time) -> None:
        self.app, self.key, self.origins, self.clock = app, key, origins, clock

    async def __call__(self, scope: Any, receive: Receive, send: Any) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await self._serve(Request(scope), receive, send)
        else:  # a WebSocket, which the service does not use
            await send({"type": "websocket.close", "code": 1008})

    async def _serve(self, request: Request, receive: Receive, send: Any) -> None:
        try:
            self.origins.check_host(request)
            if is_preflight(request) and TOKEN_HEADER not in request.headers:
                await respond(send, 204, self.origins.preflight_headers(request))
                return
            admission = await self._admit(request, receive)
        except Refused as refused:
            await refuse(send, refused, self.origins.headers(request), as_xml=has_xml(request))
            return
        await self._pass(admission, send)

    async def _pass(self, admission: Admission, send: Any) -> None:
        has_begun = False

        async def send_on(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(with_headers(message, admission))

        await self.app(without_forwarded_headers(admission.request).scope, admission.receive, send_on)
        if admission.receive.refused and not has_begun:
            await refuse(send, admission.receive.refused, admission.headers, as_xml=True)

    async def _admit(self, request: Request, receive: Receive) -> Admission:
        """Raises Refused."""
        if TOKEN_HEADER in request.headers:
            return self._admit_to_stage(request, receive)
        if "X-Amz-Signature" in [name for name, _ in request.query]:
            return self._admit_address(request, receive)
        if "authorization" in request.headers and not open_paths.is_open(request):
            return await self._admit_signed(request, receive)
        if forms.is_form(request):
            self.origins.check_page(request, is_shared=True)
            sent, passing = await forms.verify_form(request, receive, self.key, self.clock())
            return Admission(sent, passing, self.origins.headers(request))
        return await self._admit_visitor(request, receive)

    def _admit_to_stage(self, request: Request, receive: Receive) -> Admission:
        self.origins.check_page(request, is_shared=True)
        token = request.header(TOKEN_HEADER) or ""
        if not compare_digest(token.encode(), self.key.gateway_token.encode()) or not STAGE_PATH.fullmatch(
            request.path
        ):
            raise Refused("AccessDenied", "That token does not lead there.")
        sent = request.with_headers(lambda name: name != TOKEN_HEADER)
        return Admission(sent, Passing(receive, AnyBody()), [], has_own_cors=True)

    def _admit_address(self, request: Request, receive: Receive) -> Admission:
        """Admits a signed URL. The request may not have other credentials."""
        self.origins.check_page(request, is_shared=True, is_navigable=True)
        if "authorization" in request.headers:
            raise Refused("InvalidArgument", "Only one auth mechanism allowed", 400)
        if request.method not in ADDRESS_METHODS:
            raise Refused("AccessDenied", "Signed addresses are for downloads.")
        found = signatures.read_query(request, self.key, self.clock())
        signatures.verify_signature(request, found, signatures.UNSIGNED_PAYLOAD, self.key)
        sent = request.with_headers(lambda name: name in WITH_ADDRESSES or name in found.names)
        bodiless = Passing(receive, AnyBody(), is_whole=True)
        return Admission(sent, bodiless, self.origins.headers(request) + AS_A_FILE)

    async def _admit_signed(self, request: Request, receive: Receive) -> Admission:
        self.origins.check_page(request)
        found = signatures.read_authorization(request, self.key, self.clock())
        declared = request.header(signatures.CONTENT_HASH)
        if declared is None:
            body = await read_all(receive, MOST_BYTES)
            signatures.verify_signature(request, found, HashedBody.hash(body), self.key)
            return Admission(request, Passing(receive, AnyBody(), body, is_whole=True), [])
        signatures.verify_signature(request, found, declared, self.key)
        is_unsigned = found.scope.service == signatures.S3 and declared in UNSIGNED
        if not is_unsigned and not SHA256.fullmatch(declared):
            raise Refused("NotImplemented", "Bodies are signed as a whole or, for S3, not at all.", 501)
        return Admission(request, Passing(receive, AnyBody() if is_unsigned else HashedBody(declared)), [])

    async def _admit_visitor(self, request: Request, receive: Receive) -> Admission:
        """Admits requests of the sign-in page."""
        self.origins.check_page(request, is_navigable=request.path in open_paths.NAVIGABLE)
        if not open_paths.is_open(request):
            raise Refused("MissingAuthenticationToken", "Requests are signed here.")
        body = await read_all(receive, open_paths.MOST_FORM_BYTES)
        sent = request.with_headers(open_paths.KEPT.__contains__)
        return Admission(sent, Passing(receive, AnyBody(), body, is_whole=True), open_paths.FRAMELESS)


def without_forwarded_headers(request: Request) -> Request:
    """The request without headers about the client's address and scheme, which the emulator would trust."""
    return request.with_headers(lambda name: name not in FORWARDED and not name.startswith("x-forwarded-"))


def with_headers(message: Any, admission: Admission) -> Any:
    """Replaces CORS headers: the emulator's own would allow scripts of every website."""
    if message["type"] != "http.response.start":
        return message
    headers = {name for name, _ in admission.headers}
    kept = [each for each in message["headers"] if admission.has_own_cors or not is_replaced(each[0], headers)]
    return {**message, "headers": [*kept, *admission.headers]}


def is_replaced(name: bytes, headers: set[bytes]) -> bool:
    return name.lower().startswith(b"access-control-") or name.lower() in headers


def has_xml(request: Request) -> bool:
    """Whether the request is for S3, whose errors are XML."""
    scope = " ".join(request.headers.get("authorization", []))
    return "/s3/aws4_request" in scope or not scope
