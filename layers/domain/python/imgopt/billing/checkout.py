"""Sells subscriptions on Stripe's pages, and opens Stripe's pages to manage them."""

from contextlib import suppress
from dataclasses import dataclass

from imgopt.accounts.model import Principal
from imgopt.billing import credentials, customers, repository, stripe_queries, time_budget
from imgopt.billing.addresses import check_return_url
from imgopt.billing.model import CLOSED_STATUSES, BillingAccount
from imgopt.billing.prices import check_for_sale
from imgopt.billing.stripe_client import NoSuchCustomer, idempotency_key, stripe_client, stripe_errors
from imgopt.errors import Conflict, NotConfigured, NotFound, Unavailable
from imgopt.settings import settings

ATTEMPTS = 4


@dataclass(frozen=True)
class CheckoutOrder:
    price_id: str
    success_url: str
    cancel_url: str


@dataclass(frozen=True)
class CheckoutSession:
    """A session of Stripe Checkout. Everyone who knows the URL can pay."""

    id: str
    url: str


@time_budget.limit_stripe_calls()
def begin_checkout(principal: Principal, order: CheckoutOrder) -> CheckoutSession:
    """Creates a session in which the user can buy a subscription. It closes the previous one, so that only one is open.

    Raises InvalidRequest for an unknown price or URL, Conflict where there is a subscription already, and Unavailable
    where Stripe does not answer.
    """
    check_checkout()
    check_for_sale(order.price_id)
    for url in (order.success_url, order.cancel_url):
        check_return_url(url)
    account = customers.find_or_make(principal)
    for _ in range(ATTEMPTS):
        try:
            session = _replace_session(account, order)
        except NoSuchCustomer:
            account = customers.make_anew(principal, account)
            continue
        if session:
            return session
        account = customers.find_or_make(principal)
    raise Unavailable("Another checkout is under way. Please try again.")


@time_budget.limit_stripe_calls()
def open_portal(principal: Principal) -> str:
    """Returns the URL of Stripe's billing portal for the user. Raises NotFound for a user without a purchase."""
    check_checkout()
    account = repository.find(principal.id)
    nothing = NotFound("There is no subscription to manage: nothing has been bought yet.")
    if account is None:
        raise nothing
    try:
        with stripe_errors():
            session = stripe_client().v1.billing_portal.sessions.create(
                {"customer": account.customer_id, "return_url": settings().billing_origins[0]}
            )
    except NoSuchCustomer:
        raise nothing from None
    return session.url


def check_checkout() -> None:
    """Raises NotConfigured where billing is not set up, or no price or origin is configured."""
    credentials.check_billing()
    if not settings().stripe_prices or not settings().billing_origins:
        raise NotConfigured(credentials.NOT_SET_UP)


def _replace_session(account: BillingAccount, order: CheckoutOrder) -> CheckoutSession | None:
    """Replaces the account's open session. Returns None where another call replaced it meanwhile.

    The old session is closed before subscriptions are read, so that a payment in it is seen.
    """
    close(account.checkout_id)
    if any(each.status not in CLOSED_STATUSES for each in stripe_queries.list_subscriptions(account.customer_id)):
        raise Conflict("There is a subscription already. Please use the billing portal to change it.")
    session = _open(account, order)
    if repository.note_checkout(account, session.id):
        return session
    known = repository.find(account.user_id)
    if known and known.checkout_id == session.id:  # Stripe answers two equal requests with the same session
        return session
    close(session.id)
    return None


def _open(account: BillingAccount, order: CheckoutOrder) -> CheckoutSession:
    key = idempotency_key("checkout", account.customer_id, account.checkout_id, *vars(order).values())
    with stripe_errors():
        made = stripe_client().v1.checkout.sessions.create(
            {
                "mode": "subscription",
                "customer": account.customer_id,
                "client_reference_id": account.user_id,
                "line_items": [{"price": order.price_id, "quantity": 1}],
                "subscription_data": {"metadata": {"user_id": account.user_id}},
                "success_url": order.success_url,
                "cancel_url": order.cancel_url,
            },
            {"idempotency_key": key},
        )
    if made.url is None:
        raise Unavailable("Billing does not answer as it should. Please try again later.")
    return CheckoutSession(made.id, made.url)


def close(session_id: str) -> None:
    """Closes a session. Stripe only refuses to close one that isn't open; it then accepts no payment."""
    import stripe

    if session_id:
        with stripe_errors(), suppress(stripe.InvalidRequestError):
            stripe_client().v1.checkout.sessions.expire(session_id)
