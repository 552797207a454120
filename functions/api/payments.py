"""x402 over HTTP: the header PAYMENT-SIGNATURE has a payment, PAYMENT-REQUIRED has what is to be paid.

Only requests for jobs can be paid, and only if the operator has configured payments.
"""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import TYPE_CHECKING, Any

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from functions.api import pools
from functions.api.locations import public_url
from imgopt.errors import OutOfCredits
from imgopt.payments import offers

if TYPE_CHECKING:
    from imgopt.payments.model import Tender

SIGNATURE_HEADER, REQUIRED_HEADER, RESPONSE_HEADER = "Payment-Signature", "Payment-Required", "Payment-Response"
# The routes of `functions.api.routers.processing`.
PAID_PATHS = ("/auto", "/compress", "/resize", "/upscale", "/tag")
Endpoint = Callable[..., Any]


def takes_payment(path: str) -> bool:
    return offers.is_offered() and path in PAID_PATHS


def tender_of(request: Request) -> "Tender | None":
    """The payment that the request offers, or None. `PaymentReceipts` adds its receipt to the answer."""
    header = request.headers.get(SIGNATURE_HEADER)
    if header is None or not takes_payment(request.scope["path"]):
        return None
    from imgopt.payments import signatures  # most installations need no payments

    tender = signatures.read_tender(header)
    request.state.tender = tender
    return tender


def runs_submission(endpoint: Endpoint) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Runs an endpoint in a pool: one of its own for requests with a payment, which wait for the facilitator."""

    @wraps(endpoint)
    async def run(http: Request, **arguments: Any) -> Any:
        pool = pools.PAYMENTS if SIGNATURE_HEADER in http.headers and offers.is_offered() else pools.JOBS
        return await pool.run(endpoint, http=http, **arguments)

    return run


def offer_for(request: Request, error: OutOfCredits) -> str:
    url = public_url(request) + request.scope["path"]
    return offers.write_offer(error.missing, url, error.payment_fault)


class PaymentReceipts:
    """Middleware that adds the receipt of a payment to any answer, also to an error."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_receipt(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_receipt(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, send_with_receipt)


def add_receipt(headers: MutableHeaders, scope: Scope) -> None:
    tender: Tender | None = scope.get("state", {}).get("tender")
    if tender and tender.receipt:
        from imgopt.payments import signatures

        headers[RESPONSE_HEADER] = signatures.write_receipt(tender.receipt)
