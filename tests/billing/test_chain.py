"""From signing in to the end of a subscription, over HTTP only: the user's tier follows Stripe's state."""

import pytest

from functions.api.app import build_app
from tests import pictures
from tests.billing.billing_setup import SHOP, moment
from tests.billing.stripe_double import WEBHOOK_SECRET, sign
from tests.billing.stripe_world import DAY, MONTH
from tests.direct_client import DirectClient

ORDER = {"price_id": "price_pro", "success_url": f"{SHOP}/thanks?id={{CHECKOUT_SESSION_ID}}", "cancel_url": SHOP}
COMPRESSED = 3


@pytest.fixture
def browser(issuer, stripe):
    """Returns the browser of a user who has signed in."""
    with DirectClient(build_app(), headers={"Authorization": f"Bearer {issuer.token()}"}) as client:
        yield client


@pytest.fixture
def post_all(stripe, browser):
    """Sends all that has happened at Stripe and was not sent yet."""
    sent = []

    def post() -> None:
        for event in stripe.world.events[len(sent) :]:
            sent.append(event)
            body, headers = sign(event, WEBHOOK_SECRET)
            answer = browser.post("/webhooks/stripe", content=body, headers={**headers, "Authorization": ""})
            assert answer.json() == {"received": True}

    return post


@pytest.fixture
def left(browser):
    """The tier, how many credits are left, and when they are full again."""

    def read() -> tuple[str, int, str]:
        found = browser.get("/usage/summary").raise_for_status().json()
        return found["tier"], found["credits_remaining"], found["credits_reset_at"]

    return read


@pytest.fixture
def buy(browser, stripe, post_all):
    """Pays on Stripe's page; returns the subscription."""

    def pay():
        answer = browser.post("/billing/checkout", json=ORDER).raise_for_status().json()
        assert answer.keys() == {"checkout_url", "session_id"}
        session = stripe.world.things[answer["session_id"]]
        assert session["success_url"] == ORDER["success_url"]
        subscription = stripe.world.complete(session)
        post_all()
        return subscription

    return pay


def compress(browser) -> None:
    upload = browser.post("/upload", files={"file": ("a.png", pictures.png())}).raise_for_status().json()
    body = {"temp_file_ids": [upload["temp_file_id"]], "settings": {"output_format": "webp"}}
    assert browser.post("/compress", json=body).raise_for_status().json()["credits_used"] == COMPRESSED


def at(seconds: int) -> str:
    return moment(seconds).isoformat()


def test_buyer_has_the_credits_of_the_period(browser, world, left, buy):
    began = world.now
    assert left() == ("free", 50, at(began + DAY))
    buy()
    assert left() == ("pro", 3000, at(began + MONTH))
    shown = browser.get("/usage/summary").json()["subscription"]
    assert shown == browser.get("/billing/subscription").json()
    assert (shown["tier"], shown["status"], shown["credits_limit"]) == ("pro", "active", 3000)
    period = (shown["current_period_start"], shown["current_period_end"])
    assert period == tuple(at(time).replace("+00:00", "Z") for time in (began, began + MONTH))


def test_change_of_plan_gives_its_credits_less_those_used(browser, world, left, buy, post_all):
    subscription, ends = buy(), at(world.now + MONTH)
    compress(browser)
    for price, expected in (("price_max", ("max", 9997, ends)), ("price_starter", ("starter", 997, ends))):
        world.now += DAY
        world.switch(subscription, price)
        post_all()
        assert left() == expected


def test_a_new_period_begins_with_all_credits(browser, world, left, buy, post_all):
    subscription = buy()
    compress(browser)
    world.now = subscription["items"]["data"][0]["current_period_end"]
    before_stripe_says_so = left()
    world.renew(subscription)
    post_all()
    assert left() == before_stripe_says_so == ("pro", 3000, at(world.now + MONTH))


def test_credits_used_before_the_renewal_event_count_in_the_new_period(browser, world, left, buy, post_all):
    subscription = buy()
    world.now = subscription["items"]["data"][0]["current_period_end"]
    compress(browser)
    world.renew(subscription)
    post_all()
    assert left()[1] == 3000 - COMPRESSED


def test_cancelled_subscription_lasts_until_the_period_ends(browser, world, left, buy, post_all):
    subscription, ends = buy(), world.now + MONTH
    world.change(subscription, cancel_at_period_end=True)
    post_all()
    world.now = ends - 1
    assert left() == ("pro", 3000, at(ends))
    assert browser.post("/billing/checkout", json=ORDER).status_code == 409
    world.now = ends
    assert left() == ("free", 50, at(ends + DAY))
    assert browser.get("/billing/subscription").json()["tier"] == "free"
    world.end(subscription)
    post_all()
    assert left() == ("free", 50, at(ends + DAY))
    buy()
    assert left() == ("pro", 3000, at(ends + MONTH))
