"""Buying and managing a subscription: the answers of the API, and its requests to Stripe."""

from dataclasses import replace

import pytest

from functions.api.deps import require_person, require_principal
from imgopt.settings import settings
from tests.billing.billing_setup import BUYER, EMAIL, SHOP, USER_ID, become_customer, deliver, set_up_billing, sign_up
from tests.billing.stripe_double import API_KEY
from tests.billing.stripe_world import MONTH

ORDER = {"price_id": "price_pro", "success_url": f"{SHOP}/thanks", "cancel_url": f"{SHOP}/pricing?from=api"}
PRIVATE = [("POST", "/billing/checkout"), ("POST", "/billing/portal"), ("GET", "/billing/subscription")]
NEXT = "/v1/checkout/sessions"


@pytest.fixture
def stripe(client, monkeypatch):
    with set_up_billing(monkeypatch) as double:
        client.app.dependency_overrides[require_person] = lambda: BUYER
        sign_up()
        yield double


@pytest.fixture
def buy(client, stripe):
    """Asks for a checkout; returns the answer."""
    return lambda **other: client.post("/billing/checkout", json={**ORDER, **other})


def asked(stripe, path: str) -> list[dict]:
    return [given for method, found, given in stripe.requests if (method, found) == ("POST", path)]


def open_sessions(stripe) -> list[str]:
    return [each["id"] for each in stripe.world.all("checkout.session") if each["status"] == "open"]


@pytest.mark.parametrize(("method", "path"), PRIVATE)
@pytest.mark.parametrize("guest", [False, True])
def test_billing_needs_a_signed_in_user(client, upload, method, path, guest):
    headers = (
        {"X-Session-Token": upload(b"<svg xmlns='http://www.w3.org/2000/svg'/>")["session_token"]} if guest else {}
    )
    answer = client.request(method, path, headers=headers, json=ORDER if path.endswith("checkout") else None)
    assert answer.status_code == 401
    assert "Sign in" in answer.json()["detail"]


@pytest.mark.parametrize(("method", "path"), PRIVATE)
def test_billing_without_keys_is_not_set_up(client, method, path):
    client.app.dependency_overrides[require_person] = lambda: BUYER
    answer = client.request(method, path, json=ORDER if path.endswith("checkout") else None)
    assert (answer.status_code, answer.json()) == (501, {"detail": "Billing is not set up."})


@pytest.mark.parametrize("name", ["IMGOPT_STRIPE_PRICES", "IMGOPT_BILLING_ORIGINS"])
def test_checkout_needs_prices_and_websites(client, buy, monkeypatch, name):
    monkeypatch.setenv(name, "")
    settings.cache_clear()
    assert buy().status_code == 501
    assert client.post("/billing/portal").status_code == 501


def test_a_checkout_leads_to_a_page_of_stripes(stripe, buy):
    answer = buy()
    assert answer.status_code == 200
    session = stripe.world.things[answer.json()["session_id"]]
    assert answer.json()["checkout_url"] == session["url"]


def test_stripe_is_told_who_buys_what(stripe, buy):
    buy()
    ((customer,), (session,)) = asked(stripe, "/v1/customers"), asked(stripe, NEXT)
    assert customer == {"email": EMAIL, "metadata": {"user_id": USER_ID}}
    assert session == {
        "mode": "subscription",
        "customer": stripe.world.all("customer")[0]["id"],
        "client_reference_id": USER_ID,
        "line_items": [{"price": "price_pro", "quantity": "1"}],
        "subscription_data": {"metadata": {"user_id": USER_ID}},
        "success_url": ORDER["success_url"],
        "cancel_url": ORDER["cancel_url"],
    }


def test_a_user_is_one_customer_however_many_checkouts_are_begun(stripe, buy):
    for price in ("price_starter", "price_pro", "price_max"):
        assert buy(price_id=price).status_code == 200
    assert len(stripe.world.all("customer")) == 1


def test_a_user_without_an_email_address_can_buy(client, stripe, buy):
    client.app.dependency_overrides[require_person] = lambda: replace(BUYER, email=None)
    assert buy().status_code == 200
    assert asked(stripe, "/v1/customers") == [{"metadata": {"user_id": USER_ID}}]


def test_a_user_whose_email_address_stripe_does_not_take_can_buy(client, stripe, buy, log_lines):
    buyer = replace(BUYER, email="jürgen@example.com")
    client.app.dependency_overrides[require_person] = lambda: buyer
    assert buy().status_code == 200
    assert asked(stripe, "/v1/customers")[-1] == {"metadata": {"user_id": USER_ID}}
    assert buyer.email not in str(log_lines())


@pytest.mark.parametrize("price", ["price_other", "", "price_contract", "price_pro,price_max"])
def test_only_prices_that_are_for_sale_are_sold(stripe, buy, price):
    answer = buy(price_id=price)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["msg"] == "There is no such price. Use one of the prices that are for sale."
    assert stripe.requests == []


def test_a_price_that_stripe_no_longer_sells_is_refused(stripe, buy):
    stripe.world.things["price_pro"]["active"] = False
    answer = buy()
    assert (answer.status_code, answer.json()["detail"][0]["msg"]) == (422, "This price is not for sale at present.")


@pytest.mark.parametrize("name", ["success_url", "cancel_url"])
def test_users_are_only_sent_back_to_known_websites(stripe, buy, name):
    answer = buy(**{name: "https://shop.example.evil.example/"})
    assert answer.status_code == 422
    assert stripe.requests == []


@pytest.mark.parametrize("name", ["success_url", "cancel_url"])
def test_a_page_that_stripe_does_not_take_is_refused(buy, name):
    answer = buy(**{name: f"{SHOP}/<thanks>"})
    assert answer.status_code == 422
    assert name.split("_")[0] in answer.json()["detail"][0]["msg"]


def test_checkout_of_a_subscriber_points_to_the_portal(stripe, buy):
    stripe.world.subscribe(become_customer(stripe))
    answer = buy()
    assert answer.status_code == 409
    assert "billing portal" in answer.json()["detail"]
    assert stripe.world.all("checkout.session") == []


@pytest.mark.parametrize("status", ["trialing", "past_due", "unpaid", "paused"])
def test_a_subscription_that_can_be_mended_is_one(stripe, buy, status):
    stripe.world.subscribe(become_customer(stripe))["status"] = status
    assert buy().status_code == 409


@pytest.mark.parametrize("status", ["canceled", "incomplete", "incomplete_expired"])
def test_ended_subscription_can_be_followed_by_another(stripe, buy, status):
    stripe.world.subscribe(become_customer(stripe))["status"] = status
    assert buy().status_code == 200


def test_only_the_last_checkout_can_be_paid(stripe, buy):
    first, second = buy().json()["session_id"], buy(price_id="price_max").json()["session_id"]
    assert open_sessions(stripe) == [second]
    assert stripe.world.things[first]["status"] == "expired"


def test_checkout_begun_during_a_payment_is_refused(stripe, buy):
    session = stripe.world.things[buy().json()["session_id"]]
    stripe.world.complete(session)
    assert buy(price_id="price_max").status_code == 409
    assert open_sessions(stripe) == []


def test_a_customer_that_was_deleted_at_stripe_is_made_anew(stripe, buy):
    customer = become_customer(stripe)
    stripe.world.things[customer]["deleted"] = True
    assert buy().status_code == 200
    assert stripe.world.all("checkout.session")[0]["customer"] != customer


def test_the_portal_is_stripes_and_leads_back(client, stripe):
    customer = become_customer(stripe)
    answer = client.post("/billing/portal")
    assert answer.status_code == 200
    assert answer.json()["portal_url"] == stripe.world.all("billing_portal.session")[0]["url"]
    assert asked(stripe, "/v1/billing_portal/sessions") == [{"customer": customer, "return_url": SHOP}]


@pytest.mark.parametrize("deleted", [False, True])
def test_portal_is_not_found_for_users_who_bought_nothing(client, stripe, deleted):
    if deleted:
        stripe.world.things[become_customer(stripe)]["deleted"] = True
    answer = client.post("/billing/portal")
    assert answer.status_code == 404
    assert "nothing has been bought" in answer.json()["detail"]


def test_subscription_fields_are_empty_without_a_subscription(client, stripe):
    assert client.get("/billing/subscription").json() == {
        "tier": "free",
        "status": None,
        "price_id": None,
        "current_period_start": None,
        "current_period_end": None,
        "cancel_at_period_end": False,
        "cancel_at": None,
        "credits_limit": 50,
    }


def test_a_subscription_is_shown_as_stripe_has_it(client, stripe):
    world = stripe.world
    subscription = world.subscribe(become_customer(stripe), "price_pro")
    world.change(subscription, cancel_at_period_end=True)
    deliver(*world.events)
    found = client.get("/billing/subscription").json()
    assert (found["status"], found["price_id"], found["cancel_at_period_end"]) == ("active", "price_pro", True)
    assert found["current_period_start"] == "2026-01-01T00:00:00Z"
    assert found["current_period_end"] == found["cancel_at"] == "2026-01-31T00:00:00Z"
    assert MONTH == 30 * 24 * 3600


def test_the_summary_of_usage_shows_it_too(client, stripe):
    client.app.dependency_overrides[require_principal] = lambda: BUYER
    assert client.get("/usage/summary").json()["subscription"] is None
    stripe.world.subscribe(become_customer(stripe), "price_pro")
    deliver(*stripe.world.events)
    assert client.get("/usage/summary").json()["subscription"] == client.get("/billing/subscription").json()


@pytest.mark.parametrize(("status", "kind"), [(500, "APIError"), (429, "RateLimitError"), (401, "AuthenticationError")])
def test_refusal_by_stripe_is_answered_by_503_and_logged_without_secrets(stripe, buy, log_lines, status, kind):
    stripe.failures = [status]
    answer = buy()
    assert answer.status_code == 503
    line = next(each for each in log_lines() if each["message"] == "stripe refused")
    assert (line["reason"], line["http_status"], line["request_id"]) == (kind, status, "req_of_the_tests")
    assert not [private for private in (EMAIL, API_KEY) if private in str(log_lines())]


def test_unreachable_stripe_is_answered_by_503(stripe, buy, monkeypatch):
    monkeypatch.setenv("IMGOPT_STRIPE_API_BASE", "http://127.0.0.1:9")
    settings.cache_clear()
    assert buy().status_code == 503


def test_log_of_a_purchase_has_nothing_private(client, stripe, buy, log_lines):
    session = buy().json()
    stripe.world.complete(stripe.world.things[session["session_id"]])
    deliver(*stripe.world.events)
    client.post("/billing/portal")
    logged = str(log_lines())
    assert "event applied" in logged
    assert not [each for each in (EMAIL, API_KEY, session["session_id"], "https://") if each in logged]
