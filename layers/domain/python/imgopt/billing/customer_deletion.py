"""Deletes the customer of a deleted account. Its subscription ends at once. Stripe keeps the invoices."""

from imgopt.billing import checkout, credentials, repository, stripe_queries, time_budget
from imgopt.billing.model import BillingAccount
from imgopt.billing.stripe_client import stripe_client, stripe_errors
from imgopt.errors import Unavailable
from imgopt.telemetry import logger


@time_budget.limit_stripe_calls()
def delete_customer_of(user_id: str) -> None:
    """Deletes a user's customer. Can be repeated.

    Raises Unavailable where Stripe did not answer, or does not know the customer.
    """
    account = repository.find(user_id)
    if account is None:
        return
    if credentials.is_set_up():
        checkout.close(account.checkout_id)
        _delete_customer(account)
    else:
        logger.error("customer can't be deleted, as billing is not set up", customer=account.customer_id)
    repository.forget(account)


def _delete_customer(account: BillingAccount) -> None:
    """Deletes the customer in Stripe, which cancels its subscriptions. An unknown one belongs to another account or
    mode.
    """
    import stripe

    with stripe_errors():
        try:
            stripe_client().v1.customers.delete(account.customer_id)
        except stripe.InvalidRequestError as error:
            if error.code != "resource_missing":
                raise
    if not stripe_queries.is_deleted(account.customer_id):
        raise Unavailable("Billing does not answer as it should. Please try again later.")
