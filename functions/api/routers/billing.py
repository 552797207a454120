"""Subscriptions and Stripe's webhooks."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from pydantic import BaseModel
from starlette.requests import ClientDisconnect

from functions.api import pools
from functions.api.deps import Hidden, Person
from functions.api.subscriptions import present_subscription
from imgopt.billing import checkout, credentials, customers, webhooks
from imgopt.billing.checkout import CheckoutOrder

router = APIRouter()


class CheckoutRequest(BaseModel):
    price_id: str
    success_url: str
    cancel_url: str


class CheckoutResponse(BaseModel):
    checkout_url: str
    session_id: str


class PortalResponse(BaseModel):
    portal_url: str


async def read_body(request: Request) -> bytes:
    """The raw body, which the signature is made of."""
    try:
        return await request.body()
    except ClientDisconnect:
        raise HTTPException(400, "There was an error reading the body") from None


@router.post("/billing/checkout", tags=["billing", "billing"])
@pools.STRIPE_POOL.runs
def create_checkout(user: Person, request: CheckoutRequest) -> CheckoutResponse:
    """Create a Stripe Checkout session for subscription upgrade.

    Enforces single subscription per user:
    - Users with active subscription must use billing portal to change plans
    - Users can only create new checkout if no active subscription exists
    """
    session = checkout.begin_checkout(user, CheckoutOrder(request.price_id, request.success_url, request.cancel_url))
    return CheckoutResponse(checkout_url=session.url, session_id=session.id)


@router.post("/billing/portal", tags=["billing", "billing"])
@pools.STRIPE_POOL.runs
def create_portal(user: Person) -> PortalResponse:
    """Create a Stripe Billing Portal session."""
    return PortalResponse(portal_url=checkout.open_portal(user))


@router.get("/billing/subscription", tags=["billing", "billing"])
@pools.STRIPE_POOL.runs
def get_subscription(user: Person) -> Any:
    """Get current subscription status."""
    credentials.check_billing()
    return present_subscription(user, customers.find_subscription(user.id))


@router.post("/webhooks/stripe", tags=["webhooks", "webhooks"])
@pools.STRIPE_POOL.runs
def stripe_webhook(
    body: Annotated[bytes, Depends(read_body)],
    stripe_signature: Hidden = None,
) -> Any:
    """Handle Stripe webhook events."""
    webhooks.handle_event(body, stripe_signature)
    return {"received": True}
