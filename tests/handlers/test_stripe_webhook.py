"""Messages of Stripe: which are accepted, and that each has its effect once, even after interruptions."""

import pytest

from imgopt import clock
from imgopt.billing import repository
from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.storage import table
from tests.billing.billing_setup import (
    USER_ID,
    become_customer,
    deliver,
    moment,
    set_up_billing,
    sign_up,
    tier_at_present,
    user_item,
)
from tests.billing.stripe_double import API_KEY, WEBHOOK_SECRET, sign
from tests.billing.stripe_world import DAY

PATH = "/webhooks/stripe"


@pytest.fixture
def stripe(client, monkeypatch):
    with set_up_billing(monkeypatch) as double:
        monkeypatch.setattr(clock, "now", lambda: moment(double.world.now))
        sign_up()
        yield double


@pytest.fixture
def world(stripe):
    return stripe.world


@pytest.fixture
def customer(stripe):
    return become_customer(stripe)


@pytest.fixture
def subscribe(world, customer):
    """Returns World.subscribe for the user."""
    return lambda *which, **how: world.subscribe(customer, *which, **how)


@pytest.fixture
def send(client, stripe):
    """Sends one event as Stripe does; returns the answer."""

    def post(event, secret=WEBHOOK_SECRET, **changed):
        body, headers = sign(event, secret, at=changed.get("at"))
        return client.post(PATH, content=changed.get("body", body), headers={**headers, **changed.get("headers", {})})

    return post


@pytest.fixture
def tier(world):
    """Returns a function for the user's present tier."""
    return lambda: tier_at_present(world.now)


def test_a_message_that_is_signed_is_taken(send, world, subscribe):
    subscribe()
    answer = send(world.events[-1])
    assert (answer.status_code, answer.json()) == (200, {"received": True})


def test_an_event_of_the_other_mode_is_let_pass_and_changes_nothing(send, world, subscribe, tier, log_lines):
    """Stripe would send it again, for days, where it was refused."""
    subscribe()
    assert send({**world.events[-1], "livemode": True}).status_code == 200
    assert tier() == "free"
    assert any(line["message"] == "event of Stripe's other mode" for line in log_lines())
    send(world.events[-1])
    assert tier() == "starter"


@pytest.mark.parametrize(
    "changed",
    [
        {"secret": "whsec_of_someone_else"},
        {"body": b'{"id": "evt_1"}'},
        {"body": b"\xff\xfe"},
        {"headers": {"Stripe-Signature": ""}},
        {"headers": {"Stripe-Signature": "t=1"}},
        {"headers": {"Stripe-Signature": "t=x,v1=1"}},
        {"headers": {"Stripe-Signature": "v1=abc"}},
        {"headers": {"Stripe-Signature": b"t=99999999999,v1=\xfc"}},
        {"headers": {"Stripe-Signature": f"t={'9' * 5000},v1=a"}},
        {"at": 1_000_000_000},
    ],
)
def test_event_with_an_invalid_or_old_signature_is_refused(send, world, subscribe, changed):
    subscribe()
    answer = send(world.events[-1], **changed)
    assert (answer.status_code, answer.json()) == (400, {"detail": "The signature is not valid."})
    assert user_item()["tier"] == "free"


def test_a_signature_of_another_scheme_is_none(client, stripe, world, customer):
    body, headers = sign(world.tell("invoice.paid", {"object": "invoice"}), WEBHOOK_SECRET)
    forged = headers["Stripe-Signature"].replace("v1=", "v0=")
    assert client.post(PATH, content=body, headers={"Stripe-Signature": forged}).status_code == 400


def test_tolerance_for_old_signatures_is_a_setting(send, world, monkeypatch):
    monkeypatch.setenv("IMGOPT_WEBHOOK_TOLERANCE", "2000000000")
    settings.cache_clear()
    assert send(world.tell("invoice.upcoming", {}), at=1_000_000_000).status_code == 200


@pytest.mark.parametrize("signing", [["whsec_old"], ["whsec_new"], ["whsec_unknown", "whsec_new"]])
def test_secrets_both_count_while_they_are_replaced(client, stripe, world, monkeypatch, signing):
    monkeypatch.setenv("IMGOPT_STRIPE_WEBHOOK_SECRET", "whsec_new, whsec_old")
    settings.cache_clear()
    body, headers = sign(world.tell("invoice.upcoming", {}), *signing)
    assert client.post(PATH, content=body, headers=headers).status_code == 200


def test_a_message_that_is_no_event_is_refused(client, stripe):
    body, headers = sign({"object": "v2.core.event", "id": "evt_1"}, WEBHOOK_SECRET)
    assert client.post(PATH, content=body, headers=headers).status_code == 400


def test_a_message_that_is_too_large_is_refused(client, stripe):
    assert client.post(PATH, content=b"x" * 2_000_000).status_code == 413
    assert client.post(PATH, content=(b"x" * 100_000 for _ in range(20))).status_code == 413


def test_billing_without_keys_is_not_set_up(client):
    answer = client.post(PATH, content=b"{}")
    assert (answer.status_code, answer.json()) == (501, {"detail": "Billing is not set up."})


def test_events_of_other_kinds_are_let_pass(send, stripe, world, customer):
    assert send(world.tell("payment_intent.created", {"customer": customer})).status_code == 200
    assert stripe.requests == []


def test_events_of_customers_that_are_not_ours_are_let_pass(send, stripe, world):
    world.subscribe("cus_of_another_shop")
    assert send(world.events[-1]).status_code == 200
    assert stripe.requests == []


def test_events_of_users_that_are_no_more_are_let_pass(send, world, subscribe):
    table.delete(table.key(repository.USER, USER_ID))
    subscribe()
    assert send(world.events[-1]).status_code == 200
    assert user_item() == {}


def test_an_event_counts_once(send, stripe, world, subscribe):
    subscribe()
    send(world.events[-1])
    asked = len(stripe.requests)
    assert send(world.events[-1]).status_code == 200
    assert len(stripe.requests) == asked
    assert repository.find(USER_ID).version == 1


def test_newer_of_two_subscriptions_counts_and_an_error_is_logged(world, subscribe, tier, log_lines):
    subscribe("price_max")
    world.now += DAY
    subscribe("price_starter")
    deliver(*world.events)
    assert tier() == "starter"
    assert [each["status"] for each in world.all("subscription")] == ["active", "active"]
    lines = [line for line in log_lines() if line["message"] == "customer has several subscriptions"]
    assert {line["level"] for line in lines} == {"ERROR"}
    assert sorted(lines[-1]["subscriptions"]) == sorted(each["id"] for each in world.all("subscription"))


def test_a_price_that_the_settings_do_not_name_is_worth_nothing_and_someone_is_told(world, subscribe, tier, log_lines):
    subscribe("price_other")
    deliver(*world.events)
    assert tier() == "free"
    assert "price has no tier" in [line["message"] for line in log_lines() if line["level"] == "ERROR"]


def test_a_disputed_payment_is_reported_once(send, world, log_lines):
    event = world.tell("charge.dispute.created", {"id": "dp_1", "object": "dispute", "charge": "ch_1"})
    for _ in range(2):
        assert send(event).status_code == 200
    (line,) = [line for line in log_lines() if line["message"] == "payment is disputed"]
    assert (line["level"], line["charge"], line["event_id"]) == ("ERROR", "ch_1", event["id"])


def test_event_is_applied_at_its_next_delivery_after_stripe_failed(send, stripe, subscribe, tier):
    subscribe()
    stripe.failures = [500]
    assert send(stripe.world.events[-1]).status_code == 503
    assert tier() == "free"
    assert send(stripe.world.events[-1]).status_code == 200
    assert tier() == "starter"


def test_event_is_applied_at_its_next_delivery_after_storage_failed(send, world, subscribe, tier, monkeypatch):
    subscribe()
    with monkeypatch.context() as broken:
        broken.setattr("imgopt.storage.transactions.write_all", fail)
        assert send(world.events[-1]).status_code == 503
    assert tier() == "free"
    assert send(world.events[-1]).status_code == 200
    assert tier() == "starter"


def fail(_):
    raise Unavailable("Storage is busy. Please try again.")


def test_log_of_events_has_nothing_private(world, subscribe, log_lines):
    subscribe()
    world.refund(world.all("invoice")[0])
    deliver(*world.events)
    logged = str(log_lines())
    assert "event applied" in logged
    assert not [each for each in (API_KEY, WEBHOOK_SECRET, "@", "v1=") if each in logged]
