"""AWS's own faults, as they come over the wire: what is retryable by status, by code, or because no answer comes."""

import json
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.exceptions import ConnectionClosedError, ConnectTimeoutError, EndpointConnectionError, ReadTimeoutError
from botocore.parsers import ResponseParserError

JSON_KIND, XML_KIND = "application/x-amz-json-1.0", "application/xml"


@dataclass(frozen=True)
class Shape:
    """An answer of `status` with a code in its body, or an error in place of an answer."""

    code: str
    status: int = 0
    error: type[Exception] | None = None

    def __str__(self) -> str:
        return f"{self.code}-{self.status}"

    def answer(self, request: AWSPreparedRequest, operation: str) -> AWSResponse:
        if self.error is not None:
            raise self.error(endpoint_url=request.url) if self.error is not ResponseParserError else self.error("bad")
        is_xml = "X-Amz-Target" not in request.headers
        body = b"" if operation.startswith("Head") else xml(self.code) if is_xml else in_json(self.code)
        return respond(request, self.status, body, XML_KIND if is_xml else JSON_KIND)


def respond(request: AWSPreparedRequest, status: int, body: bytes, kind: str) -> AWSResponse:
    raw: Any = BytesIO(body)
    raw.stream = lambda *_, **__: iter((body,))
    return AWSResponse(request.url, status, {"Content-Type": kind}, raw)


def xml(code: str) -> bytes:
    return f"<Error><Code>{code}</Code><Message>m</Message><RequestId>1</RequestId></Error>".encode()


def in_json(code: str) -> bytes:
    return json.dumps({"__type": f"com.amazonaws.any#{code}", "message": "m"}).encode()


ANSWERS = (
    Shape("InternalFailure", 500),
    Shape("InternalError", 500),
    Shape("ServiceUnavailable", 503),
    Shape("SlowDown", 503),
    Shape("Unheard", 502),
    Shape("Unheard", 504),
    Shape("Unheard", 429),
    Shape("Throttling", 400),
    Shape("ThrottlingException", 400),
    Shape("ThrottledException", 400),
    Shape("RequestThrottled", 403),
    Shape("TooManyRequestsException", 429),
    Shape("ProvisionedThroughputExceededException", 400),
    Shape("RequestLimitExceeded", 400),
    Shape("LimitExceededException", 400),
    Shape("BandwidthLimitExceeded", 400),
    Shape("RequestTimeout", 400),
    Shape("TransactionConflictException", 400),
    Shape("TransactionInProgressException", 400),
    Shape("ExecutionLimitExceeded", 400),
    Shape("OperationAborted", 409),
    Shape("OverLimit", 403),
)
SILENCES = tuple(
    Shape(error.__name__, error=error)
    for error in (
        ConnectTimeoutError,
        ReadTimeoutError,
        EndpointConnectionError,
        ConnectionClosedError,
        ResponseParserError,
    )
)
SHAPES = (*ANSWERS, *SILENCES)
