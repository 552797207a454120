"""Stripe's customers in the table: `BILLING#<user id>`, found by `STRIPE_CUSTOMER#<id>`; events: `STRIPE_EVENT#<id>`.

An event and its changes are written in one transaction, so that each event counts once. The write requires the version
that the account had when Stripe was asked, so that older answers never overwrite newer ones.
"""

from datetime import datetime, timedelta

from imgopt.accounts.plans import Tier
from imgopt.billing.model import BillingAccount, Entitlement
from imgopt.storage import attributes, table, transactions
from imgopt.storage.transactions import ConditionFailed, Write

KIND, CUSTOMER, EVENT, USER = "BILLING", "STRIPE_CUSTOMER", "STRIPE_EVENT", "USER"
# Stripe repeats an event for 3 days by itself, and for 30 days on request.
TTL = timedelta(days=40)


def find(user_id: str) -> BillingAccount | None:
    item = table.get(table.key(KIND, user_id))
    return table.from_item(item, BillingAccount) if item else None


def find_by_customer(customer_id: str) -> BillingAccount | None:
    item = table.get(table.key(CUSTOMER, customer_id))
    return find(item["user_id"]) if item else None


def has_user(user_id: str) -> bool:
    return table.get(table.key(USER, user_id)) is not None


def add(account: BillingAccount) -> BillingAccount:
    """Adds an account and returns it. Returns the existing one where another call was faster."""
    item = {**table.key(KIND, account.user_id), **attributes.plain(account)}
    return _write_or_find([transactions.create_item(item), _point_at(account)], account)


def change_customer(account: BillingAccount, customer_id: str) -> BillingAccount:
    """Replaces the account's customer, which was deleted in Stripe. Returns the present account."""
    changed = BillingAccount(account.user_id, customer_id, account.version, account.checkout_id, account.standing)
    write = transactions.change_item(
        table.key(KIND, account.user_id),
        sets={"customer_id": customer_id},
        where="#customer_id = :before",
        values={"before": account.customer_id},
    )
    return _write_or_find([write, _point_at(changed)], changed)


def note_checkout(account: BillingAccount, checkout_id: str) -> bool:
    """Records the account's open session of Stripe Checkout. Returns False where another call was faster."""
    write = transactions.change_item(
        table.key(KIND, account.user_id),
        sets={"checkout_id": checkout_id},
        where="#checkout_id = :before",
        values={"before": account.checkout_id},
    )
    try:
        transactions.write_all([write])
    except ConditionFailed:
        return False
    return True


def forget(account: BillingAccount) -> None:
    """Deletes an account. Its index entry goes first, so that events about the customer are ignored from then on."""
    table.delete(table.key(CUSTOMER, account.customer_id))
    table.delete(table.key(KIND, account.user_id))


def knows_event(event_id: str) -> bool:
    return table.get(table.key(EVENT, event_id)) is not None


def note_event(event_id: str, now: datetime) -> bool:
    """Records an event that changes nothing. Returns False where it was recorded before."""
    try:
        transactions.write_all([_remember(event_id, now)])
    except ConditionFailed:
        return False
    return True


def apply_event(event_id: str, account: BillingAccount, entitlement: Entitlement, now: datetime) -> None:
    """Writes an event with the entitlement that follows.

    Raises ConditionFailed where the event has been applied, the account has changed since it was read, or its user is
    gone.
    """
    write = transactions.change_item(
        table.key(KIND, account.user_id),
        sets={"standing": attributes.plain(entitlement), "version": account.version + 1},
        where="#version = :before",
        values={"before": account.version},
    )
    transactions.write_all([_remember(event_id, now), write, _entitle(account.user_id, entitlement)])


def _entitle(user_id: str, entitlement: Entitlement) -> Write:
    """Returns the write of the entitlement to the user's own item, where the rest of the service reads it."""
    subscription = entitlement.subscription if entitlement.tier is not Tier.FREE else None
    return transactions.change_item(
        table.key(USER, user_id),
        sets={
            "tier": entitlement.tier.value,
            "tier_until": _iso(entitlement.tier_until),
            "period_start": _iso(subscription.period_start) if subscription else None,
            "period_end": _iso(subscription.period_end) if subscription else None,
        },
        where="attribute_exists(#pk)",
    )


def _remember(event_id: str, now: datetime) -> Write:
    return transactions.create_item({**table.key(EVENT, event_id), "ttl": int((now + TTL).timestamp())})


def _point_at(account: BillingAccount) -> Write:
    return transactions.create_item({**table.key(CUSTOMER, account.customer_id), "user_id": account.user_id})


def _write_or_find(writes: list[Write], account: BillingAccount) -> BillingAccount:
    try:
        transactions.write_all(writes)
    except ConditionFailed:
        found = find(account.user_id)
        if found is None:
            raise
        return found
    return account


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
