"""The errors of AWS as sent over the network: retryable by status, by code, or without an answer."""

import json
from dataclasses import dataclass

from botocore.awsrequest import AWSPreparedRequest
from botocore.exceptions import (
    ConnectionClosedError,
    ConnectTimeoutError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)
from botocore.exceptions import (
    ConnectionError as NoConnection,
)
from botocore.parsers import ResponseParserError
from botocore.retries.standard import RetryContext, ThrottledRetryableChecker, TransientRetryableChecker

# Status, headers and body.
Answer = tuple[int, dict[str, str], bytes]
CODES, SERVER_ERRORS = (ThrottledRetryableChecker(), TransientRetryableChecker()), (500, 502, 503, 504)
JSON_KIND, XML_KIND = "application/x-amz-json-1.0", "application/xml"


@dataclass(frozen=True)
class Shape:
    """An answer of `status` with a code in its body, or an error in place of an answer."""

    code: str
    status: int = 0
    error: type[Exception] | None = None

    def __str__(self) -> str:
        return f"{self.code}-{self.status}"

    def answer(self, request: AWSPreparedRequest) -> Answer:
        """The answer to this request: only the status for HEAD. Raises its error, if it is one."""
        if self.error is not None:
            raise self.error("bad") if self.error is ResponseParserError else self.error(endpoint_url=request.url)
        is_json = "X-Amz-Target" in request.headers
        body = b"" if request.method == "HEAD" else in_json(self.code) if is_json else xml(self.code)
        return self.status, {"Content-Type": JSON_KIND if is_json else XML_KIND}, body

    @property
    def is_repeated(self) -> bool:
        """Returns whether botocore repeats the request by itself."""
        if self.error is not None:
            return issubclass(self.error, (NoConnection, HTTPClientError))
        known = RetryContext(attempt_number=1, parsed_response={"Error": {"Code": self.code}})
        return self.status in SERVER_ERRORS or any(each.is_retryable(known) for each in CODES)

    def fits(self, request: AWSPreparedRequest) -> bool:
        """Returns whether the request can fail in this way: an answer to HEAD has no body that names an error."""
        return request.method != "HEAD" or self.error is not None or self.status >= 429


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
# One of each way in which a fault is told from others: by its status, by its code, and by the kind of silence, which
# botocore repeats or not. tests/faults/test_shapes.py has all shapes for each service.
OF_EACH_WAY = (
    Shape("InternalFailure", 500),
    Shape("TooManyRequestsException", 429),
    Shape("Throttling", 400),
    Shape("TransactionConflictException", 400),
    Shape("ReadTimeoutError", error=ReadTimeoutError),
    Shape("ResponseParserError", error=ResponseParserError),
)
