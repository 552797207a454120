"""Forms with a signed policy, by which browsers upload files to S3 ("Browser-Based Uploads Using POST").

The emulator gets a new form with the fields that were parsed here. It would find boundaries also inside of a file, and
could so parse other fields. The emulator itself checks the fields against the policy.
"""

import base64
import json
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from local.emulator.bodies import Passing, Receive
from local.emulator.keys import AccessKey
from local.emulator.refusals import Refused
from local.emulator.requests import Request
from local.emulator.signatures import ALGORITHM, S3, Signature, matches, read_scope, wrong

FORM_TYPE, FILE, SIZE_CONDITION = b"multipart/form-data", "file", "content-length-range"
# S3's limit on the size of all fields before the file.
MOST_FIELD_BYTES = 20_000
BUCKET = re.compile(r"/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])/?")
FIELD = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")


class Form:
    """A form: its fields, and the file, which is the last field, as a stream."""

    def __init__(self, boundary: bytes) -> None:
        callbacks = {
            **{"on_part_begin": self._begin, "on_headers_finished": self._name, "on_part_data": self._take},
            **{"on_header_field": self._label, "on_header_value": self._describe, "on_header_end": self._keep_header},
            **{"on_part_end": self._keep, "on_end": self._finish},
        }
        self.parser = MultipartParser(boundary, callbacks)  # type: ignore[arg-type]  # a TypedDict there
        self.fields: dict[str, bytes] = {}
        self.boundary = secrets.token_hex()
        self.has_file = self.is_complete = False
        self.passed = bytearray()

    @property
    def end(self) -> bytes:
        return f"\r\n--{self.boundary}--\r\n".encode()

    @property
    def head(self) -> bytes:
        """The form up to the file's first byte."""
        parts = [*self.fields.items(), (f'{FILE}"; filename="{FILE}', b"")]
        written = (self._write(name) + value for name, value in parts)
        return b"\r\n".join(written)

    def _write(self, name: str) -> bytes:
        return f'--{self.boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n'.encode()

    def feed(self, data: bytes) -> bytes:
        """The bytes of the file in a part of the body. Raises Refused if the form is malformed."""
        try:
            self.parser.write(data)
        except FormParserError as error:
            raise malformed() from error
        passed, self.passed = bytes(self.passed), bytearray()
        return passed

    def _begin(self) -> None:
        if self.has_file:
            raise Refused("InvalidArgument", "The file is the last field of the form.", 400)
        self.headers: dict[bytes, bytes] = {}
        self.label, self.description = bytearray(), bytearray()
        self.value = bytearray()

    def _label(self, data: bytes, start: int, end: int) -> None:
        self.label += data[start:end]

    def _describe(self, data: bytes, start: int, end: int) -> None:
        self.description += data[start:end]

    def _keep_header(self) -> None:
        self.headers[bytes(self.label).lower()] = bytes(self.description)
        self.label, self.description = bytearray(), bytearray()

    def _name(self) -> None:
        _, options = parse_options_header(self.headers.get(b"content-disposition"))
        self.name = options.get(b"name", b"").decode("latin-1")
        self.has_file = self.name == FILE
        if not FIELD.fullmatch(self.name) or self.name.lower() in map(str.lower, self.fields):
            raise malformed()

    def _take(self, data: bytes, start: int, end: int) -> None:
        target = self.passed if self.has_file else self.value
        target += data[start:end]

    def _keep(self) -> None:
        if not self.has_file:
            self.fields[self.name] = bytes(self.value)

    def _finish(self) -> None:
        self.is_complete = True


class FormBody:
    """The file of a form, which has at most `most` bytes: the emulator checks its size after it has all of it."""

    def __init__(self, form: Form, most: int) -> None:
        self.form, self.left = form, most

    def feed(self, data: bytes) -> bytes:
        return self.take(self.form.feed(data))

    def take(self, data: bytes) -> bytes:
        """Counts bytes of the file. Raises Refused if there are too many."""
        self.left -= len(data)
        if self.left < 0:
            raise Refused("EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", 400)
        return data

    def end(self) -> bytes:
        if not self.form.is_complete:
            raise malformed()
        return self.form.end


def malformed() -> Refused:
    return Refused("MalformedPOSTRequest", "The body is no well-formed multipart/form-data with a file.", 400)


def is_form(request: Request) -> bool:
    return request.method == "POST" and parse_options_header(request.header("content-type"))[0] == FORM_TYPE


async def verify_form(request: Request, receive: Receive, key: AccessKey, now: float) -> tuple[Request, Passing]:
    """Verifies the signature of the policy and returns the request for the emulator. Raises Refused."""
    bucket = BUCKET.fullmatch(request.path)
    boundary = parse_options_header(request.header("content-type"))[1].get(b"boundary")
    if not bucket or request.query or not boundary:
        raise Refused("AccessDenied", "Forms are sent to a bucket.")
    form = Form(boundary)
    begun, is_whole = await read_fields(form, receive)
    policy = check_policy({name.lower(): value for name, value in form.fields.items()}, bucket[1], key, now)
    body = FormBody(form, largest_file(policy))
    begun = form.head + body.take(begun) + (body.end() if is_whole else b"")
    return rewritten(request, form), Passing(receive, body, begun, is_whole=is_whole)


async def read_fields(form: Form, receive: Receive) -> tuple[bytes, bool]:
    """Reads the fields. Returns the file's first bytes, and whether the body is complete. Raises Refused."""
    size = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            raise malformed()
        begun, more = form.feed(message.get("body", b"")), message.get("more_body", False)
        if form.has_file:
            return begun, not more
        size += len(message.get("body", b""))
        if not more or size > MOST_FIELD_BYTES:
            raise malformed()


def rewritten(request: Request, form: Form) -> Request:
    """The request with the new form. It has no length, as the new form has another one."""
    kept = request.with_headers(lambda name: name in ("host", "accept", "user-agent")).scope
    media_type = f"multipart/form-data; boundary={form.boundary}".encode()
    return Request({**kept, "headers": [*kept["headers"], (b"content-type", media_type)]})


def check_policy(fields: Mapping[str, bytes], bucket: str, key: AccessKey, now: float) -> Any:
    """The policy. Raises Refused if it is not signed, is not for this bucket, or has expired."""
    known = {name: fields.get(name, b"").decode("latin-1") for name in ("policy", "x-amz-credential", "x-amz-date")}
    if fields.get("x-amz-algorithm") != ALGORITHM.encode() or not all(known.values()):
        raise Refused("AccessDenied", "The form is not signed as Signature Version 4 has it.")
    scope = read_scope(known["x-amz-credential"], key, known["x-amz-date"])
    value = fields.get("x-amz-signature", b"").decode("latin-1")
    if scope.service != S3 or not matches(Signature(scope, known["x-amz-date"], (), value), known["policy"], key):
        raise wrong()
    policy = json.loads(base64.b64decode(known["policy"]))
    if now >= datetime.fromisoformat(policy["expiration"]).timestamp():
        raise Refused("AccessDenied", "Invalid according to Policy: Policy expired.")
    if not any(is_of_bucket(condition, bucket) for condition in policy["conditions"]):
        raise Refused("AccessDenied", "Invalid according to Policy: it is not for this bucket.")
    return policy


def largest_file(policy: Any) -> int:
    """The largest size of a file that the policy allows. Raises Refused if it has no limit."""
    limits = [each[2] for each in policy["conditions"] if isinstance(each, list) and each[0] == SIZE_CONDITION]
    if not limits:
        raise Refused("AccessDenied", "Invalid according to Policy: it does not limit the file's size.")
    return int(min(limits))


def is_of_bucket(condition: Any, bucket: str) -> bool:
    return bool(condition == {"bucket": bucket})
