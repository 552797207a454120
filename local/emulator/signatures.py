"""Verifies AWS Signature Version 4 (AWS IAM User Guide, "Signature Version 4 for API requests").

Two checks are stricter than on AWS: paths are not normalized, so that paths with dot segments can be signed only for
S3, and signed URLs are accepted only for S3.
"""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

from local.emulator.keys import REGION, AccessKey
from local.emulator.refusals import Refused
from local.emulator.requests import Request

ALGORITHM, TERMINATOR, S3 = "AWS4-HMAC-SHA256", "aws4_request", "s3"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
CONTENT_HASH, AMAZON = "x-amz-content-sha256", "x-amz-"
TIME = "%Y%m%dT%H%M%SZ"
# The largest difference of clocks, and the longest validity of a URL, in seconds (S3's limits).
SKEW, MAX_EXPIRY_SECONDS = 15 * 60, 7 * 24 * 3600
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<credential>[^,\s]+), ?"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), ?Signature=(?P<signature>\S+)"
)


@dataclass(frozen=True)
class Scope:
    """The scope of a signature. `date` has the form YYYYMMDD."""

    date: str
    region: str
    service: str

    @property
    def text(self) -> str:
        return "/".join((self.date, self.region, self.service, TERMINATOR))


@dataclass(frozen=True)
class Signature:
    """The signature of a request, and what it covers."""

    scope: Scope
    time: str
    names: tuple[str, ...]
    value: str


def read_authorization(request: Request, key: AccessKey, now: float) -> Signature:
    """The signature in `Authorization`. Raises Refused if it is malformed, or its time is not close to `now`."""
    found = AUTHORIZATION.fullmatch(request.header("authorization") or "")
    time = request.header("x-amz-date")
    if not found or not time:
        raise Refused("IncompleteSignature", "Authorization or X-Amz-Date is not as Signature Version 4 has it.")
    scope = read_scope(found["credential"], key, time)
    if abs(now - seconds_of(time)) > SKEW:
        raise Refused("RequestTimeTooSkewed", "The time of the request and that of this machine are too far apart.")
    return Signature(scope, time, tuple(found["names"].split(";")), found["signature"])


def read_query(request: Request, key: AccessKey, now: float) -> Signature:
    """The signature in a URL. Raises Refused if it is malformed or expired."""
    names = ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
    algorithm, credential, time, expires, signed, value = (request.parameter(f"X-Amz-{name}") for name in names)
    if algorithm != ALGORITHM or not (credential and time and expires and signed and value):
        raise Refused("AuthorizationQueryParametersError", "The address is not signed as Signature Version 4 has it.")
    scope = read_scope(credential, key, time)
    if scope.service != S3:
        raise Refused("AuthorizationQueryParametersError", "Addresses are signed for S3 alone.")
    check_age(seconds_of(time), expires, now)
    return Signature(scope, time, tuple(signed.split(";")), value)


def check_age(signed: float, expires: str, now: float) -> None:
    if not re.fullmatch(r"[0-9]{1,6}", expires) or not 0 < int(expires) <= MAX_EXPIRY_SECONDS:
        raise Refused("AuthorizationQueryParametersError", f"X-Amz-Expires is a number from 1 to {MAX_EXPIRY_SECONDS}.")
    if signed > now + SKEW or now >= signed + int(expires):
        raise Refused("AccessDenied", "Request has expired")


def read_scope(credential: str, key: AccessKey, time: str) -> Scope:
    """Parses `id/date/region/service/aws4_request`. Raises Refused if key, date or region are wrong."""
    key_id, *rest = credential.split("/")
    if not hmac.compare_digest(key_id.encode(), key.id.encode()):
        raise Refused("InvalidAccessKeyId", "No such access key.")
    if len(rest) != 4 or rest[0] != time[:8] or rest[1] != REGION or rest[3] != TERMINATOR:
        raise Refused("SignatureDoesNotMatch", f"The scope is not of that day, {REGION} and {TERMINATOR}.")
    return Scope(*rest[:3])


@lru_cache(64)
def seconds_of(time: str) -> float:
    """The seconds since 1970. Raises Refused if the time is malformed."""
    try:
        return datetime.strptime(time, TIME).replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise Refused("AccessDenied", "The date is not as Signature Version 4 has it.") from error


def verify_signature(request: Request, found: Signature, payload: str, key: AccessKey) -> None:
    """Raises Refused if the signature is not that of the request with this hash of the payload."""
    check_names(request, found.names)
    canonical = canonical_request(request, found, payload)
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    if not matches(found, "\n".join((ALGORITHM, found.time, found.scope.text, digest)), key):
        raise wrong()


def wrong() -> Refused:
    return Refused("SignatureDoesNotMatch", "The signature is not that of this request by the key of this cloud.")


def matches(found: Signature, text: str, key: AccessKey) -> bool:
    return hmac.compare_digest(sign_request(key, found.scope, text).encode(), found.value.encode())


def sign_request(key: AccessKey, scope: Scope, text: str) -> str:
    return hmac.digest(signing_key(key, scope), text.encode(), "sha256").hex()


@lru_cache(64)
def signing_key(key: AccessKey, scope: Scope) -> bytes:
    """The signing key, which is constant for a service and a day."""
    derived = f"AWS4{key.secret}".encode()
    for each in (scope.date, scope.region, scope.service, TERMINATOR):
        derived = hmac.digest(derived, each.encode(), "sha256")
    return derived


def check_names(request: Request, names: Sequence[str]) -> None:
    """Raises Refused unless the host and all AWS headers are signed, and all signed headers are present."""
    needed = {"host"} | {name for name in request.headers if name.startswith(AMAZON)}
    if list(names) != sorted(set(names)) or not needed <= set(names) <= set(request.headers):
        raise Refused("AccessDenied", "There were headers present in the request which were not signed")


def canonical_request(request: Request, found: Signature, payload: str) -> str:
    headers = [f"{name}:{','.join(' '.join(each.split()) for each in request.headers[name])}" for name in found.names]
    return "\n".join(
        (
            request.method,
            request.path if found.scope.service == S3 else quote(request.path, safe="/~"),
            canonical_query(request.query),
            *headers,
            "",
            ";".join(found.names),
            payload,
        )
    )


def canonical_query(pairs: Sequence[tuple[str, str]]) -> str:
    encoded = [(encode_uri(name), encode_uri(value)) for name, value in pairs if name != "X-Amz-Signature"]
    return "&".join(f"{name}={value}" for name, value in sorted(encoded))


def encode_uri(text: str) -> str:
    return quote(text, safe="-_.~")
