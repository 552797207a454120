"""x402 over HTTP: payments come with PAYMENT-SIGNATURE_HEADER, what is asked for is in PAYMENT-REQUIRED_HEADER.

Only calls that ask for jobs are paid for, and only where the operator takes payments.
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
# Those of `functions.api.routers.processing`.
PAID_PATHS = ("/auto", "/compress", "/resize", "/upscale", "/tag")
Endpoint = Callable[..., Any]


def takes_payment(path: str) -> bool:
    return offers.is_offered() and path in PAID_PATHS


def tender_of(request: Request) -> "Tender | None":
    """What the request offers to pay by. Its receipt is told by `PaymentReceipts`."""
    header = request.headers.get(SIGNATURE_HEADER)
    if header is None or not takes_payment(request.scope["path"]):
        return None
    from imgopt.payments import signatures  # most installations take none

    tender = signatures.read_tender(header)
    request.state.tender = tender
    return tender


def runs_submission(endpoint: Endpoint) -> Callable[..., Coroutine[Any, Any, Any]]:
    """Calls that are paid for wait for the facilitator: in threads that no others wait for."""

    @wraps(endpoint)
    async def run(http: Request, **arguments: Any) -> Any:
        pool = pools.PAYMENTS if SIGNATURE_HEADER in http.headers and offers.is_offered() else pools.JOBS
        return await pool.run(endpoint, http=http, **arguments)

    return run


def offer_for(request: Request, error: OutOfCredits) -> str:
    url = public_url(request) + request.scope["path"]
    return offers.write_offer(error.missing, url, error.payment_fault)


class PaymentReceipts:
    """Whatever is answered: who was charged is told so."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_receipt(MutableHeaders(scope=message), scope)
            await send(message)

        await self.app(scope, receive, told)


def add_receipt(headers: MutableHeaders, scope: Scope) -> None:
    tender: Tender | None = scope.get("state", {}).get("tender")
    if tender and tender.receipt:
        from imgopt.payments import signatures

        headers[RESPONSE_HEADER] = signatures.write_receipt(tender.receipt)
