"""WSGI environments of requests, which moto builds by Werkzeug's test client, the longest part of a request to S3."""

from collections.abc import Callable
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest
from botocore.httpchecksum import AwsChunkedWrapper
from moto.core import botocore_stubber
from moto.core.request import Request

Normalize = Callable[[Any], Request]
PORTS = {"http": "80", "https": "443"}
CONSTANT: dict[str, Any] = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "wsgi.version": (1, 0),
    "wsgi.errors": None,
    "wsgi.multithread": False,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
# What WSGI has under other names, and what a body that is read whole doesn't have.
APART = ("HOST", "CONTENT_LENGTH", "CONTENT_TYPE", "TRANSFER_ENCODING")


def install() -> None:
    botocore_stubber.normalize_request = making_quickly(botocore_stubber.normalize_request)


def making_quickly(normalize: Normalize) -> Normalize:
    """A request whose body is bytes is made here; files, and names that WSGI would change, are left to moto."""

    def make(request: AWSPreparedRequest) -> Request:
        is_plain = isinstance(request.body, bytes | AwsChunkedWrapper | None)
        if not is_plain or any("_" in name for name in request.headers):
            return normalize(request)
        body = request.body.read() if isinstance(request.body, AwsChunkedWrapper) else request.body
        return Request(environment_of(request, body or b""))

    return make


def environment_of(request: AWSPreparedRequest, body: bytes) -> dict[str, Any]:
    url = urlsplit(request.url)
    headers = {name.upper().replace("-", "_"): as_text(value) for name, value in request.headers.items()}
    environment = {
        **CONSTANT,
        "REQUEST_METHOD": request.method,
        "PATH_INFO": unquote(url.path).encode().decode("latin1"),
        "QUERY_STRING": url.query,
        "REQUEST_URI": url.path,
        "RAW_URI": url.path,
        "SERVER_NAME": url.hostname,
        "SERVER_PORT": str(url.port or PORTS[url.scheme]),
        "HTTP_HOST": url.netloc,
        "wsgi.url_scheme": url.scheme,
        "wsgi.input": BytesIO(body),
        **{f"HTTP_{name}": value for name, value in headers.items() if name not in APART},
        "CONTENT_LENGTH": str(len(body)),
    }
    return environment | ({"CONTENT_TYPE": headers["CONTENT_TYPE"]} if "CONTENT_TYPE" in headers else {})


def as_text(value: str | bytes) -> str:
    return value.decode() if isinstance(value, bytes) else value
