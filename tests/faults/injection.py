"""Makes one call to AWS fail, below botocore's retries and above the double of AWS in this process."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import StrEnum
from itertools import count
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from botocore.awsrequest import AWSPreparedRequest
from moto.core.models import botocore_stubber

from imgopt.storage import clients
from tests.faults.shapes import SHAPES, Answer, Shape
from tests.moto_patches import direct_calls

CALL, TRANSACTION = "X-Call", "TransactWriteItems"
Handle = Callable[[AWSPreparedRequest], Any]


class Kind(StrEnum):
    """A kind of fault: `REFUSED` calls are not executed, `LOST` ones lose their first answer, `SILENCED` ones all."""

    REFUSED = "refused"
    LOST = "lost"
    SILENCED = "silenced"


class Injection:
    """Numbers the calls that are made, each of which may take several attempts, and spoils the one that is chosen."""

    def __init__(self, chosen: int | None, kind: Kind, shape: Shape) -> None:
        self.chosen, self.kind, self.shape = chosen, kind, shape
        self.calls: list[str] = []
        self.attempts, self._numbers = 0, count()
        self._done: dict[str, Answer] = {}

    @classmethod
    def none(cls) -> "Injection":
        return cls(None, Kind.REFUSED, SHAPES[0])

    def __str__(self) -> str:
        return f"{self.kind} {self.shape}: call {self.chosen} of {self.calls}"

    def number(self, model: Any, params: dict[str, Any], **_: object) -> None:
        params["headers"][CALL] = str(next(self._numbers))
        self.calls.append(model.name)

    def spoils(self, operation: str, params: dict[str, Any]) -> bool:
        """Returns whether the answer may be another than DynamoDB's double gives: such requests go over HTTP.

        A transaction may be repeated as soon as a call has been spoiled.
        """
        return params["headers"].get(CALL) == str(self.chosen) or (operation == TRANSACTION and self.attempts > 0)

    def handle(self, request: AWSPreparedRequest, proceed: Handle) -> Any:
        number = request.headers.get(CALL)
        if number is None or int(number) != self.chosen or not self.shape.fits(request):
            return self.do_once(request, proceed)
        self.attempts += 1
        if self.kind is not Kind.REFUSED:
            done = self.do_once(request, proceed)
            if self.kind is Kind.LOST and self.attempts > 1:
                return done
        return self.shape.answer(request)

    def do_once(self, request: AWSPreparedRequest, proceed: Handle) -> Any:
        """Answers a repeated transaction by its token, as DynamoDB does and moto does not."""
        token = token_of(request)
        if token is None:
            return proceed(request)
        if token not in self._done:
            answer = proceed(request)
            if answer[0] != 200:
                return answer
            self._done[token] = answer
        return self._done[token]


def token_of(request: AWSPreparedRequest) -> str | None:
    if not str(request.headers.get("X-Amz-Target", b"")).rstrip("'").endswith(TRANSACTION):
        return None
    return str(json.loads(request.body)["ClientRequestToken"])


@contextmanager
def injected(injection: Injection) -> Iterator[Injection]:
    proceed = botocore_stubber.process_request
    events = [
        client().meta.events
        for client in (clients.dynamodb, clients.s3, clients.stepfunctions, clients.sqs, clients.secretsmanager)
    ]
    for each in events:
        each.register("before-call", injection.number)
    direct_calls.spoiling.append(injection.spoils)
    try:
        with (
            patch.object(botocore_stubber, "process_request", lambda request: injection.handle(request, proceed)),
            patch("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None)),
        ):
            yield injection
    finally:
        direct_calls.spoiling.remove(injection.spoils)
        for each in events:
            each.unregister("before-call", injection.number)
