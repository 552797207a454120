"""Stripe's customers: one for each user, created with the first checkout."""

from typing import TYPE_CHECKING

from imgopt.accounts.model import Principal
from imgopt.billing import repository
from imgopt.billing.model import BillingAccount, Subscription
from imgopt.billing.stripe_client import idempotency_key, stripe_client, stripe_errors

if TYPE_CHECKING:
    from stripe.params import CustomerCreateParams


def find_subscription(user_id: str) -> Subscription | None:
    """Returns the subscription as Stripe last described it, even if it has ended; None without one."""
    known = repository.find(user_id)
    return known.standing.subscription if known else None


def find_or_make(principal: Principal) -> BillingAccount:
    known = repository.find(principal.id)
    return known or repository.add(BillingAccount(principal.id, _make(principal, "")))


def make_anew(principal: Principal, account: BillingAccount) -> BillingAccount:
    """Replaces a customer that was deleted in Stripe by a new one."""
    return repository.change_customer(account, _make(principal, account.customer_id))


def _make(principal: Principal, replaced: str) -> str:
    """Creates a customer and returns its id. An e-mail address that Stripe refuses is left out; its page then asks for
    one.
    """
    import stripe

    with stripe_errors():
        try:
            return _create(principal.id, principal.email or "", replaced)
        except stripe.InvalidRequestError as error:
            if error.param != "email":
                raise
            return _create(principal.id, "", replaced)


def _create(user_id: str, email: str, replaced: str) -> str:
    """Creates a customer, idempotently: concurrent calls get the same one, or an unused one."""
    key = idempotency_key("customer", user_id, email, replaced)
    described: CustomerCreateParams = {"metadata": {"user_id": user_id}}
    if email:
        described["email"] = email
    return stripe_client().v1.customers.create(described, {"idempotency_key": key}).id
