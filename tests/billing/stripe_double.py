"""Stripe's API as an HTTP server on this machine, which refuses what Stripe refuses.

What of it was checked against Stripe's published reference, and by what:

- by the SDK's types, which Stripe generates from its OpenAPI description (reference.py, test_stripe_double.py), so that
  a newer SDK fails the tests: names, places and values of parameters, and which are required; fields of answers; names
  of events; statuses of subscriptions; the API's version, which every request has to name.
- by reading (docs.stripe.com/api, November 2026). Pagination: at most 100, 10 by default, the newest first,
  `starting_after`. Expanding: four levels, of which `data` is one. Idempotent requests: the same answer for the same
  parameters, an error for others, nothing kept where parameters were wrong. Errors: the object's fields; a customer or
  price that is not there is `resource_missing` with the parameter's name; a wrong key is 401. Checkout: only an open
  session can be expired. Customers: a deleted one can be read, and nothing else. Periods are on a subscription's items
  and payments in /v1/invoice_payments (both since 2025-03-31). Subscriptions: what each status means, and that one
  whose collection of payments is paused stays active; without a status, lists leave canceled ones out. Refunds: that
  `refund.failed` follows on `charge.refunded` where a bank doesn't take the money. Events: at least once, in no order,
  for three days.
- by the SDK's own code: signatures of events (`v1`, several at once, tolerance).

Not checked, as nothing here has ever asked Stripe: messages of errors; in which order events are made; whether the
subscriptions of a deleted customer are listed or refused: nothing depends on these. At which second an invoice is made
for its period: a minute is allowed for (TOGETHER in billing/stripe_queries.py). Whether a charge is no longer
`refunded` once its refund has failed: if it stays so, the tier comes back with the next period that is paid.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import RLock, Thread
from typing import Any
from urllib.parse import urlsplit

import stripe

from tests.billing import operations
from tests.billing.expansion import expand
from tests.billing.forms import parse
from tests.billing.reference import Parameters, Refusal, check
from tests.billing.stripe_world import Object, World

API_KEY, WEBHOOK_SECRET = "sk_test_of_the_tests", "whsec_of_the_tests"
MISMATCH = "Keys for idempotent requests can only be used with the same parameters they were first used with."


class StripeDouble(ThreadingHTTPServer):
    """`requests` are those that came, as method, path and parameters.

    The first of `failures` is the status of the next answer. `on_answer` is called with an answer ready, before it goes
    out: what it changes makes the answer old.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Visit)
        self.world, self.lock = World(), RLock()
        self.requests: list[tuple[str, str, Parameters]] = []
        self.failures: list[int] = []
        self.on_answer: Callable[[str], None] = lambda path: None
        self.replies: dict[str, tuple[Any, Object]] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def answer(self, method: str, path: str, given: Parameters, key: str | None) -> Object:
        with self.lock:
            self.requests.append((method, path, given))
            if self.failures:
                raise Refusal(self.failures.pop(0), "Something is wrong on our end.", "api_error")
            if key in self.replies:
                return self.repeat(key, (path, given))
            operation, definition, thing = operations.find(method, path)
            check(given, definition)
            given = deepcopy(given)
            wanted = given.pop("expand", [])
            made = operation(self.world, given, *thing)
            answer = expand(deepcopy(made), wanted, self.world.things)
            if method == "POST" and key:
                self.replies[key] = ((path, given), answer)
            return answer

    def repeat(self, key: str, asked: Any) -> Object:
        before, answer = self.replies[key]
        if before != asked:
            raise Refusal(400, MISMATCH, "idempotency_error")
        return answer


class Visit(BaseHTTPRequestHandler):
    server: StripeDouble

    def do_GET(self) -> None:
        address = urlsplit(self.path)
        self.reply("GET", address.path, address.query)

    def do_DELETE(self) -> None:
        self.reply("DELETE", self.path, "")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.reply("POST", self.path, body)

    def reply(self, method: str, path: str, form: str) -> None:
        try:
            self.check_headers(method, form)
            key = self.headers.get("Idempotency-Key") if method == "POST" else None
            status, answer = 200, self.server.answer(method, path, parse(form), key)
        except Refusal as refusal:
            status, answer = refusal.status, {"error": refusal.error}
        self.server.on_answer(path)
        self.send(status, answer)

    def check_headers(self, method: str, form: str) -> None:
        if self.headers.get("Authorization") != f"Bearer {API_KEY}":
            raise Refusal(401, "Invalid API Key provided.")
        if self.headers.get("Stripe-Version") != stripe.api_version:
            raise Refusal(400, f"Invalid Stripe API version: {self.headers.get('Stripe-Version')}")
        if method == "POST" and form and self.headers.get("Content-Type") != "application/x-www-form-urlencoded":
            raise Refusal(400, "Invalid request body.")

    def send(self, status: int, answer: Object) -> None:
        data = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Request-Id", "req_of_the_tests")
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@contextmanager
def running() -> Iterator[StripeDouble]:
    with StripeDouble() as server:
        Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield server
        server.shutdown()


def sign(event: Object, *secrets: str, at: int | None = None) -> tuple[bytes, dict[str, str]]:
    """The body and headers with which Stripe sends an event; with several secrets, as while one is being replaced."""
    body = json.dumps(event, indent=2)
    moment = int(time.time()) if at is None else at
    headers = [stripe.WebhookSignature.generate_signature_header(body, secret, moment) for secret in secrets]
    signatures = [header.split(",")[1] for header in headers]
    return body.encode(), {"Stripe-Signature": ",".join([f"t={moment}", *signatures])}
