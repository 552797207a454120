"""AWS Signature Version 4: whether a request was signed by the holder of the key, for now and for this very request.

By "Signature Version 4 for API requests" in AWS's IAM User Guide. Two things are stricter than on AWS: paths are taken
as they were sent, so that one with dot segments fits no signature but S3's, and addresses are signed for S3 alone.
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
# How far clocks may be apart, and how long an address may be valid, in seconds (S3's limits).
SKEW, MAX_EXPIRY_SECONDS = 15 * 60, 7 * 24 * 3600
AUTHORIZATION = re.compile(
    rf"{ALGORITHM} Credential=(?P<credential>[^,\s]+), ?"
    r"SignedHeaders=(?P<names>[a-z0-9;-]+), ?Signature=(?P<signature>\S+)"
)


@dataclass(frozen=True)
class Scope:
    """What a signature is for: `date` as YYYYMMDD."""

    date: str
    region: str
    service: str

    @property
    def text(self) -> str:
        return "/".join((self.date, self.region, self.service, TERMINATOR))


@dataclass(frozen=True)
class Signature:
    """What a request says of its own signature."""

    scope: Scope
    time: str
    names: tuple[str, ...]
    value: str


def read_authorization(request: Request, key: AccessKey, now: float) -> Signature:
    """That of `Authorization`, for a time that is about now. Raises Refused."""
    found = AUTHORIZATION.fullmatch(request.header("authorization") or "")
    time = request.header("x-amz-date")
    if not found or not time:
        raise Refused("IncompleteSignature", "Authorization or X-Amz-Date is not as Signature Version 4 has it.")
    scope = read_scope(found["credential"], key, time)
    if abs(now - seconds_of(time)) > SKEW:
        raise Refused("RequestTimeTooSkewed", "The time of the request and that of this machine are too far apart.")
    return Signature(scope, time, tuple(found["names"].split(";")), found["signature"])


def read_query(request: Request, key: AccessKey, now: float) -> Signature:
    """That of an address, which has not expired. Raises Refused."""
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
    """Of `id/date/region/service/aws4_request`. Raises Refused where that is not for this key, day or place."""
    key_id, *rest = credential.split("/")
    if not hmac.compare_digest(key_id.encode(), key.id.encode()):
        raise Refused("InvalidAccessKeyId", "No such access key.")
    if len(rest) != 4 or rest[0] != time[:8] or rest[1] != REGION or rest[3] != TERMINATOR:
        raise Refused("SignatureDoesNotMatch", f"The scope is not of that day, {REGION} and {TERMINATOR}.")
    return Scope(*rest[:3])


@lru_cache(64)
def seconds_of(time: str) -> float:
    """Since 1970. Raises Refused."""
    try:
        return datetime.strptime(time, TIME).replace(tzinfo=UTC).timestamp()
    except ValueError as error:
        raise Refused("AccessDenied", "The date is not as Signature Version 4 has it.") from error


def verify_signature(request: Request, found: Signature, payload: str, key: AccessKey) -> None:
    """Raises Refused where it is not that of the request with that payload's hash."""
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
    """The same for a service and a day."""
    derived = f"AWS4{key.secret}".encode()
    for each in (scope.date, scope.region, scope.service, TERMINATOR):
        derived = hmac.digest(derived, each.encode(), "sha256")
    return derived


def check_names(request: Request, names: Sequence[str]) -> None:
    """The host and all that means something to AWS is signed, and what is signed is there."""
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
