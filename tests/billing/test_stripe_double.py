"""The double of Stripe refuses what Stripe's published reference refuses, and its answers conform to the reference."""

import typing
from typing import Literal

import pytest
import requests
import stripe
from stripe import billing_portal, checkout

from imgopt.billing import events
from imgopt.billing.model import SubscriptionStatus
from imgopt.billing.stripe_client import API_VERSION
from tests.billing import stripe_double
from tests.billing.reference import alternatives, fields
from tests.billing.stripe_double import API_KEY

ANSWERED = {
    "customer": stripe.Customer,
    "subscription": stripe.Subscription,
    "subscription_item": stripe.SubscriptionItem,
    "price": stripe.Price,
    "invoice": stripe.Invoice,
    "invoice_payment": stripe.InvoicePayment,
    "payment_intent": stripe.PaymentIntent,
    "charge": stripe.Charge,
    "credit_note": stripe.CreditNote,
    "refund": stripe.Refund,
    "checkout.session": checkout.Session,
    "billing_portal.session": billing_portal.Session,
    "event": stripe.Event,
}
HEADERS = {"Authorization": f"Bearer {API_KEY}", "Stripe-Version": API_VERSION}


@pytest.fixture
def double(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    with stripe_double.running() as server:
        yield server


@pytest.fixture
def post(double):
    def send(path: str, form: dict, **headers: str):
        return requests.post(f"{double.url}{path}", data=form, headers={**HEADERS, **headers}, timeout=10)

    return send


@pytest.fixture
def customer(double):
    return double.world.make("cus", "customer", email=None, metadata={})["id"]


def error(answer) -> tuple:
    found = answer.json()["error"]
    return answer.status_code, found["type"], found.get("code"), found.get("param")


def test_the_version_of_the_api_is_the_one_that_the_sdk_is_made_for():
    assert stripe.api_version == API_VERSION


def test_every_field_that_is_answered_is_in_the_reference(double, post, customer):
    world = double.world
    form = {"mode": "subscription", "customer": customer, "success_url": "https://a.example"}
    post("/v1/checkout/sessions", {**form, "line_items[0][price]": "price_pro"})
    post("/v1/billing_portal/sessions", {"customer": customer})
    subscription = world.complete(world.all("checkout.session")[0])
    world.credit(world.renew(subscription), 1)
    world.fail_refund(world.all("invoice")[0])
    things = [*world.things.values(), *world.events, *(each for each in subscription["items"]["data"])]
    assert {each["object"] for each in things} == set(ANSWERED)
    for each in things:
        assert each.keys() <= fields(ANSWERED[each["object"]]).keys(), each["object"]


def test_the_fields_that_are_read_are_in_the_reference():
    read = {
        stripe.Subscription: {"id", "status", "created", "items", "cancel_at", "cancel_at_period_end"},
        stripe.SubscriptionItem: {"price", "current_period_start", "current_period_end"},
        stripe.Invoice: {"id", "created", "amount_paid", "post_payment_credit_notes_amount"},
        stripe.InvoicePayment: {"payment"},
        stripe.InvoicePayment.Payment: {"charge", "payment_intent"},
        stripe.PaymentIntent: {"latest_charge"},
        stripe.Charge: {"refunded", "customer"},
        stripe.Refund: {"customer"},
        stripe.CreditNote: {"customer"},
        stripe.Customer: {"deleted"},
    }
    for definition, names in read.items():
        assert names <= fields(definition).keys(), definition


def names_in(definition: type, field: str) -> set[str]:
    """Returns the names that Stripe's reference allows in a field."""
    lists = [kind for kind in alternatives(fields(definition)[field]) if typing.get_origin(kind) is list]
    kinds = [each for kind in lists for each in alternatives(typing.get_args(kind)[0])]
    literals = [*kinds, *alternatives(fields(definition)[field])]
    return {name for kind in literals if typing.get_origin(kind) is Literal for name in typing.get_args(kind)}


def test_the_events_that_are_taken_are_in_the_reference():
    known = names_in(stripe.params.WebhookEndpointCreateParams, "enabled_events")
    assert events.SUBSCRIPTION_EVENTS | {events.DISPUTE} <= known


def test_statuses_of_the_reference_are_all_known():
    assert set(SubscriptionStatus) == names_in(stripe.Subscription, "status")


@pytest.mark.parametrize("authorization", ["", "Bearer sk_of_someone_else", API_KEY])
def test_request_without_the_key_is_refused(post, authorization):
    assert post("/v1/customers", {}, Authorization=authorization).status_code == 401


@pytest.mark.parametrize("version", ["", "2024-06-20"])
def test_version_other_than_that_of_the_definitions_is_refused(post, version):
    assert post("/v1/customers", {}, **{"Stripe-Version": version}).status_code == 400


def test_json_is_refused(double):
    answer = requests.post(f"{double.url}/v1/customers", json={"email": "a"}, headers=HEADERS, timeout=10)
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"mial": "a"}, "parameter_unknown", "mial"),
        ({"address[stret]": "a"}, "parameter_unknown", "address[stret]"),
        ({"balance": "much"}, None, "balance"),
        ({"metadata": "a"}, None, "metadata"),
        ({"expand": "a"}, None, "expand"),
    ],
)
def test_wrong_parameters_are_refused(post, form, code, param):
    assert error(post("/v1/customers", form)) == (400, "invalid_request_error", code, param)


@pytest.mark.parametrize(
    ("form", "code", "param"),
    [
        ({"customer": "cus_unknown"}, "resource_missing", "customer"),
        ({"customer": ""}, "parameter_missing", "customer"),
        ({"mode": "abonnement"}, None, "mode"),
        ({"line_items[0][price]": "price_unknown"}, "resource_missing", "line_items[0][price]"),
        ({"line_items[0][quantity]": "many"}, None, "line_items[0][quantity]"),
        ({"line_items[0][prize]": "a"}, "parameter_unknown", "line_items[0][prize]"),
    ],
)
def test_wrong_checkouts_are_refused(post, customer, form, code, param):
    right = {"mode": "subscription", "customer": customer, "success_url": "https://a.example"}
    right["line_items[0][price]"] = "price_pro"
    assert error(post("/v1/checkout/sessions", {**right, **form})) == (400, "invalid_request_error", code, param)


def test_unknown_addresses_are_refused(post):
    assert post("/v1/subscription", {}).status_code == 404


def test_only_an_open_session_can_be_expired(double, post, customer):
    form = {"mode": "subscription", "customer": customer, "success_url": "https://a.example"}
    session = post("/v1/checkout/sessions", {**form, "line_items[0][price]": "price_pro"}).json()["id"]
    answers = [post(f"/v1/checkout/sessions/{session}/expire", {}).status_code for _ in range(2)]
    assert answers == [200, 400]
    assert post("/v1/checkout/sessions/cs_unknown/expire", {}).status_code == 404


def test_the_same_key_gives_the_same_answer_for_the_same_parameters_alone(double, post):
    send = {"Idempotency-Key": "a"}
    first, second = (post("/v1/customers", {"email": "a"}, **send).json() for _ in range(2))
    assert first == second
    assert error(post("/v1/customers", {"email": "b"}, **send))[:2] == (400, "idempotency_error")
    assert len(double.world.all("customer")) == 1


def test_refused_request_is_not_kept_for_its_idempotency_key(post):
    send = {"Idempotency-Key": "a"}
    assert post("/v1/customers", {"mial": "a"}, **send).status_code == 400
    assert post("/v1/customers", {"email": "a"}, **send).status_code == 200


def test_objects_come_in_place_of_their_ids_where_asked_for_and_four_levels_deep_at_most(double, customer):
    double.world.subscribe(customer)

    def payments(*paths: str):
        query = {f"expand[{n}]": path for n, path in enumerate(paths)}
        return requests.get(f"{double.url}/v1/invoice_payments", params=query, headers=HEADERS, timeout=10)

    def payment(*paths: str):
        return payments(*paths).json()["data"][0]["payment"]["payment_intent"]

    assert payment().startswith("pi_")
    assert payment("data.payment.payment_intent")["latest_charge"].startswith("ch_")
    assert payment("data.payment.payment_intent.latest_charge")["latest_charge"]["refunded"] is False
    assert payments("data.payment.payment_intent.latest_charge.customer").status_code == 400


def test_lists_leave_canceled_subscriptions_out_unless_all_are_wanted(double, customer):
    double.world.end(double.world.subscribe(customer))

    def count(**query: str) -> int:
        parameters = {"customer": customer, **query}
        answer = requests.get(f"{double.url}/v1/subscriptions", params=parameters, headers=HEADERS, timeout=10)
        return len(answer.json()["data"])

    assert (count(), count(status="all"), count(status="canceled"), count(status="active")) == (0, 1, 1, 0)


def test_lists_come_in_pages_of_a_hundred_at_most(double, customer):
    for _ in range(3):
        double.world.subscribe(customer)

    def page(**query: str):
        parameters = {"customer": customer, **query}
        return requests.get(f"{double.url}/v1/subscriptions", params=parameters, headers=HEADERS, timeout=10)

    whole, first = page().json(), page(limit="2").json()
    rest = page(limit="2", starting_after=first["data"][-1]["id"]).json()
    assert (whole["has_more"], first["has_more"], rest["has_more"]) == (False, True, False)
    assert first["data"] + rest["data"] == whole["data"]
    assert [page(limit=limit).status_code for limit in ("0", "100", "101")] == [400, 200, 400]
    assert page(starting_after="sub_unknown").status_code == 400


def test_a_customer_that_was_deleted_can_be_read_and_no_more(double, post, customer):
    double.world.things[customer]["deleted"] = True
    address = f"{double.url}/v1/customers"
    found = requests.get(f"{address}/{customer}", headers=HEADERS, timeout=10).json()
    assert found == {"id": customer, "object": "customer", "deleted": True}
    assert requests.get(f"{address}/cus_unknown", headers=HEADERS, timeout=10).status_code == 404
    assert error(post("/v1/billing_portal/sessions", {"customer": customer}))[2:] == ("resource_missing", "customer")
