"""Used and remaining credits of a principal."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query

from functions.api.deps import CurrentUser, RequiredPrincipal
from functions.api.subscriptions import present_subscription
from imgopt import clock
from imgopt.billing.customers import find_subscription
from imgopt.credits import usage
from imgopt.credits.service import balance

router = APIRouter(prefix="/usage", tags=["usage", "usage"])


@router.get("/history")
def get_usage_history(user: CurrentUser, days: Annotated[int, Query(ge=1, le=90)] = 30) -> dict[str, Any]:
    """Get processing history for authenticated user.

    Returns aggregated daily usage for the past N days by UTC. The last day is today. The oldest is first, and days
    without jobs are included. Refunds are deducted from credits.
    """
    daily = usage.read_days(user.id, clock.now().date(), days)
    return {
        "days": days,
        "total_jobs": sum(day.jobs for day in daily),
        "total_credits": sum(day.credits for day in daily),
        "daily": [asdict(day) for day in daily],
    }


@router.get("/summary")
def get_usage_summary(known: RequiredPrincipal) -> dict[str, Any]:
    """Get current usage summary (credits remaining, tier info)."""
    found, subscription = balance(known), find_subscription(known.id)
    return {
        "tier": found.tier,
        "credits_limit": found.limit,
        "credits_remaining": found.remaining,
        "credits_used": found.used,
        "credits_reset_at": found.resets_at.isoformat(),
        "subscription": present_subscription(known, subscription) if subscription else None,
    }
