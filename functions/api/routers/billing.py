"""Subscriptions and Stripe's webhooks."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel

from imgopt.errors import NotAvailable

router = APIRouter()
UNAVAILABLE = "Billing is not available in this version."


class CheckoutRequest(BaseModel):
    price_id: str
    success_url: str
    cancel_url: str


class CheckoutResponse(BaseModel):
    checkout_url: str
    session_id: str


class PortalResponse(BaseModel):
    portal_url: str


@router.post("/billing/checkout", tags=["billing", "billing"])
def create_checkout(request: CheckoutRequest) -> CheckoutResponse:
    """Create a Stripe Checkout session for subscription upgrade."""
    raise NotAvailable(UNAVAILABLE)


@router.post("/billing/portal", tags=["billing", "billing"])
def create_portal() -> PortalResponse:
    """Create a Stripe Billing Portal session."""
    raise NotAvailable(UNAVAILABLE)


@router.get("/billing/subscription", tags=["billing", "billing"])
def get_subscription() -> Any:
    """Get current subscription status."""
    raise NotAvailable(UNAVAILABLE)


@router.post("/webhooks/stripe", tags=["webhooks", "webhooks"])
def stripe_webhook() -> Any:
    """Handle Stripe webhook events."""
    raise NotAvailable(UNAVAILABLE)
