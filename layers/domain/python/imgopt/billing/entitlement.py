"""Derives an entitlement from a customer's subscriptions, as Stripe has them at present."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import chain

from imgopt.accounts.plans import Tier
from imgopt.billing import stripe_queries
from imgopt.billing.model import PAID_STATUSES, Entitlement, Subscription, SubscriptionStatus
from imgopt.billing.objects import StripeSubscription, SubscriptionItem
from imgopt.billing.prices import tier_of
from imgopt.billing.stripe_client import NoSuchCustomer
from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.telemetry import logger

TIERS = list(Tier)


def read_entitlement(customer_id: str) -> Entitlement:
    """Returns the entitlement of a customer. Raises Unavailable where Stripe does not answer."""
    return choose_entitlement(read_subscriptions(customer_id))


def read_subscriptions(customer_id: str) -> list[Subscription]:
    """Returns the subscriptions of a customer; none where the customer was deleted.

    Raises Unavailable for an unknown customer, which belongs to another account or mode: nothing is taken away then.
    """
    try:
        return [parse_subscription(found) for found in stripe_queries.list_subscriptions(customer_id)]
    except NoSuchCustomer:
        if stripe_queries.is_deleted(customer_id):
            return []
        raise Unavailable("Billing does not answer as it should. Please try again later.") from None


def choose_entitlement(found: Sequence[Subscription]) -> Entitlement:
    """Returns the entitlement of the first subscription that grants a tier. The best status comes first, then the
    newest.

    Where none grants a tier, the first one is returned without a tier. Several paid subscriptions are logged as an
    error.
    """
    still_open = [each.id for each in found if each.is_open]
    if len(still_open) > 1:
        logger.error("customer has several subscriptions", subscriptions=still_open)
    judged = (entitlement_of(each) for each in sorted(found, key=_rank, reverse=True))
    first = next(judged, Entitlement())
    return next((each for each in chain([first], judged) if each.tier is not Tier.FREE), first)


def entitlement_of(subscription: Subscription) -> Entitlement:
    tier = tier_of(subscription.price_id)
    if tier is None and subscription.is_open:
        logger.error("price has no tier", price=subscription.price_id, subscription=subscription.id)
    if tier is None or not _grants_tier(subscription):
        return Entitlement(subscription=subscription)
    ends = [_grace_ends(subscription), *([subscription.ends_at] if subscription.ends_at else [])]
    return Entitlement(tier, min(ends), subscription)


def parse_subscription(found: StripeSubscription) -> Subscription:
    """Converts a subscription. Raises ValueError where it has no period."""
    item = max(found.items.data, key=_rank_item)
    start = item.current_period_start or found.current_period_start
    end = item.current_period_end or found.current_period_end
    if start is None or end is None:
        raise ValueError(f"subscription {found.id} has no period")
    ends_at = found.cancel_at or (end if found.cancel_at_period_end else None)
    return Subscription(found.id, found.status, item.price.id, found.created, start, end, ends_at)


def _grants_tier(subscription: Subscription) -> bool:
    if subscription.status in PAID_STATUSES:
        return not stripe_queries.is_refunded(subscription.id, subscription.period_start)
    return subscription.status == SubscriptionStatus.PAST_DUE


def _grace_ends(subscription: Subscription) -> datetime:
    """Returns when the entitlement ends: after the grace period that follows a failed payment, or an unrenewed
    period.
    """
    grace = timedelta(days=settings().billing_grace_days)
    if subscription.status == SubscriptionStatus.PAST_DUE:
        return (stripe_queries.find_oldest_debt(subscription.id) or subscription.period_start) + grace
    return subscription.period_end + grace


def _rank(subscription: Subscription) -> tuple[int, bool, datetime]:
    state = 2 if subscription.status in PAID_STATUSES else int(subscription.status == SubscriptionStatus.PAST_DUE)
    return state, subscription.is_open, subscription.created_at


def _rank_item(item: SubscriptionItem) -> int:
    """Returns the rank of the item's tier; -1 for items of other products."""
    tier = tier_of(item.price.id)
    return TIERS.index(tier) if tier else -1
