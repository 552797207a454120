"""Subscription plans: how many credits each tier gets, and how often."""

from dataclasses import dataclass
from enum import StrEnum

from imgopt.settings import settings


class Tier(StrEnum):
    UNREGISTERED = "unregistered"
    FREE = "free"
    STARTER = "starter"
    PRO = "pro"
    MAX = "max"
    ENTERPRISE = "enterprise"


class Cycle(StrEnum):
    """When credits are full again: at midnight UTC, or when a new paid period begins."""

    DAY = "day"
    MONTH = "month"


DAILY = (Tier.UNREGISTERED, Tier.FREE)


@dataclass(frozen=True)
class SubscriptionPlan:
    tier: Tier
    credits: int
    cycle: Cycle


def plan_of(tier: Tier) -> SubscriptionPlan:
    """Returns the plan of a tier. Its number of credits is a setting."""
    return SubscriptionPlan(tier, settings().credits_of(tier.value), Cycle.DAY if tier in DAILY else Cycle.MONTH)
