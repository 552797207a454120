"""The operations of Stripe's API that the service calls, on a simulated account, each with its parameters."""

import re
from collections.abc import Callable

from stripe.params import (
    CustomerCreateParams,
    CustomerDeleteParams,
    CustomerRetrieveParams,
    InvoiceListParams,
    InvoicePaymentListParams,
    SubscriptionListParams,
)
from stripe.params.billing_portal import SessionCreateParams as PortalParams
from stripe.params.checkout import SessionCreateParams, SessionExpireParams

from tests.billing.reference import Parameters, Refusal
from tests.billing.stripe_world import Object, World

Operation = Callable[..., Object]
MOST = 100  # of a page


def find(method: str, path: str) -> tuple[Operation, type, list[str]]:
    """The operation for a request, its parameters, and the ids in its path. Raises Refusal."""
    parts = path.strip("/").split("/")
    for (known_method, pattern), (operation, definition) in OPERATIONS.items():
        expected = pattern.strip("/").split("/")
        pairs = list(zip(parts, expected, strict=False))
        if method == known_method and len(parts) == len(expected) and all(each in (part, "{}") for part, each in pairs):
            return operation, definition, [part for part, each in pairs if each == "{}"]
    raise Refusal(404, f"Unrecognized request URL ({method}: {path}).")


def create_customer(world: World, given: Parameters) -> Object:
    if not re.fullmatch(r"[!-~]+", given.get("email", "a")):
        raise Refusal(400, f"Invalid email address: {given['email']}", code="email_invalid", param="email")
    return world.make("cus", "customer", email=given.get("email"), metadata=given.get("metadata", {}))


def retrieve_customer(world: World, _: Parameters, customer_id: str) -> Object:
    """A customer. A deleted one is marked as deleted."""
    customer = world.things.get(customer_id)
    if customer is None:
        raise Refusal(404, f"No such customer: '{customer_id}'", code="resource_missing", param="id")
    deleted = {"id": customer_id, "object": "customer", "deleted": True}
    return deleted if customer.get("deleted") else customer


def delete_customer(world: World, _: Parameters, customer_id: str) -> Object:
    """Deletes a customer, and ends the subscriptions of the customer."""
    customer = world.things.get(customer_id)
    if customer is None or customer.get("deleted"):
        raise Refusal(404, f"No such customer: '{customer_id}'", code="resource_missing", param="id")
    world.delete(customer)
    return {"id": customer_id, "object": "customer", "deleted": True}


def create_session(world: World, given: Parameters) -> Object:
    """Creates a session of Stripe Checkout for a subscription."""
    need(given, "mode", "customer", "success_url", "line_items")
    find_customer(world, given["customer"])
    for name in ("success_url", "cancel_url"):
        if re.search(r'[<>"]', given.get(name, "")):
            raise Refusal(400, "Not a valid URL", code="url_invalid", param=name)
    line = given["line_items"][0]
    price = world.things.get(line.get("price"))
    if price is None:
        message, place = f"No such price: '{line.get('price')}'", "line_items[0][price]"
        raise Refusal(400, message, code="resource_missing", param=place)
    if not price["active"]:
        raise Refusal(400, "The price specified is inactive.", param="line_items[0][price]")
    made = world.make(
        "cs_test",
        "checkout.session",
        customer=given["customer"],
        client_reference_id=given.get("client_reference_id"),
        mode=given["mode"],
        status="open",
        subscription=None,
        success_url=given["success_url"],
        cancel_url=given.get("cancel_url"),
        metadata={"price": price["id"]},
    )
    made["url"] = f"https://checkout.stripe.com/c/pay/{made['id']}"
    return made


def expire_session(world: World, _: Parameters, session_id: str) -> Object:
    session = world.things.get(session_id)
    if session is None:
        raise Refusal(404, f"No such checkout.session: {session_id}", code="resource_missing", param="session")
    if session["status"] != "open":
        raise Refusal(400, f'Only Checkout Sessions with a status in ["open"] can be expired: {session["status"]}.')
    session.update(status="expired", url=None)
    return session


def create_portal(world: World, given: Parameters) -> Object:
    need(given, "customer")
    find_customer(world, given["customer"])
    made = world.make("bps", "billing_portal.session", customer=given["customer"], return_url=given.get("return_url"))
    made["url"] = f"https://billing.stripe.com/p/session/{made['id']}"
    return made


def list_subscriptions(world: World, given: Parameters) -> Object:
    """Subscriptions by status. Without a status, canceled ones are left out; `all` means all."""
    find_customer(world, given["customer"])
    found = [each for each in world.all("subscription") if each["customer"] == given["customer"]]
    status = given.get("status")
    if status is None:
        found = [each for each in found if each["status"] != "canceled"]
    elif status != "all":
        found = [each for each in found if each["status"] == status]
    return listed(found, given, "/v1/subscriptions")


def list_invoices(world: World, given: Parameters) -> Object:
    subscription = world.things.get(given["subscription"])
    if subscription is None:
        message = f"No such subscription: '{given['subscription']}'"
        raise Refusal(400, message, code="resource_missing", param="subscription")
    found = [each for each in world.all("invoice") if world.belongs(each, subscription)]
    found = [each for each in found if each["status"] == given.get("status", each["status"])]
    since = int(given.get("created", {}).get("gte", 0))
    return listed([each for each in found if each["created"] >= since], given, "/v1/invoices")


def list_invoice_payments(world: World, given: Parameters) -> Object:
    found = [each for each in world.all("invoice_payment") if each["invoice"] == given.get("invoice", each["invoice"])]
    found = [each for each in found if each["status"] == given.get("status", each["status"])]
    return listed(found, given, "/v1/invoice_payments")


def find_customer(world: World, customer_id: str) -> Object:
    customer = world.things.get(customer_id)
    if customer is None or customer["object"] != "customer" or customer.get("deleted"):
        raise Refusal(400, f"No such customer: '{customer_id}'", code="resource_missing", param="customer")
    return customer


def need(given: Parameters, *names: str) -> None:
    """Refuses requests without a parameter that is optional in the definitions, but required with other parameters."""
    for name in names:
        if not given.get(name):
            raise Refusal(400, f"Missing required param: {name}.", code="parameter_missing", param=name)


def listed(found: list[Object], given: Parameters, url: str) -> Object:
    """A page: so many as `limit` says, from the one after `starting_after` on."""
    limit = int(given.get("limit", 10))
    if not 1 <= limit <= MOST:
        raise Refusal(400, f"This value must be between 1 and {MOST}.", param="limit")
    ids = [each["id"] for each in found]
    after = given.get("starting_after")
    if after and after not in ids:
        raise Refusal(400, f"No such object: '{after}'", code="resource_missing", param="starting_after")
    rest = found[ids.index(after) + 1 :] if after else found
    return {"object": "list", "url": url, "has_more": len(rest) > limit, "data": rest[:limit]}


OPERATIONS: dict[tuple[str, str], tuple[Callable[..., Object], type]] = {
    ("POST", "/v1/customers"): (create_customer, CustomerCreateParams),
    ("GET", "/v1/customers/{}"): (retrieve_customer, CustomerRetrieveParams),
    ("DELETE", "/v1/customers/{}"): (delete_customer, CustomerDeleteParams),
    ("POST", "/v1/checkout/sessions"): (create_session, SessionCreateParams),
    ("POST", "/v1/checkout/sessions/{}/expire"): (expire_session, SessionExpireParams),
    ("POST", "/v1/billing_portal/sessions"): (create_portal, PortalParams),
    ("GET", "/v1/subscriptions"): (list_subscriptions, SubscriptionListParams),
    ("GET", "/v1/invoices"): (list_invoices, InvoiceListParams),
    ("GET", "/v1/invoice_payments"): (list_invoice_payments, InvoicePaymentListParams),
}
