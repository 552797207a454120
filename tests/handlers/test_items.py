"""Functions access only items of the kinds that their roles allow, and the roles allow no others."""

import json

import pytest

from functions.api.deps import require_person
from functions.callbacks import deliver
from functions.schedules import reconcile, refresh_credits
from functions.stages import fail, finish, optimize, plan
from imgopt import authentication, clock
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.settings import settings
from tests import pictures
from tests.billing.billing_setup import BUYER, SHOP, moment, set_up_billing, sign_up
from tests.billing.billing_setup import deliver as deliver_events
from tests.handlers.conftest import Lambda
from tests.handlers.mcp.messages import NEWEST, message_of, read_answer
from tests.handlers.touched import touched_kinds
from tests.scripted_server import serve

ADA = Principal("user-1", Tier.FREE, Credential.JWT)


@pytest.fixture
def allowed(templates):
    """Returns the kinds of items that each function's role names."""
    policies = [
        (name, each["Properties"]["PolicyDocument"]["Statement"])
        for template in templates.values()
        for name, each in template["Resources"].items()
        if each["Type"] == "AWS::IAM::Policy"
    ]

    def kinds_of(function: str) -> set[str]:
        statements = [each for name, found in policies if name.startswith(f"{function}Role") for each in found]
        keys = [
            each["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            for each in statements
            if "dynamodb:LeadingKeys" in json.dumps(each)
        ]
        return {key.removesuffix("#*") for some in keys for key in some}

    return kinds_of


@pytest.fixture
def one_waits(client, upload, monkeypatch):
    """Two jobs of one call of a user, of which one waits for the other; the id of that."""
    monkeypatch.setenv("IMGOPT_JOBS_PER_OWNER", "1")
    settings.cache_clear()
    monkeypatch.setattr(authentication, "authenticate", lambda *_: ADA)
    ids = [upload(each)["temp_file_id"] for each in (pictures.png(), pictures.jpeg())]
    body = {"temp_file_ids": ids, "settings": {"callback_url": "https://shop.example/told"}}
    answer = client.post("/auto", json=body)
    return answer.json()["jobs"][0]["id"]


def test_plan_touches_items_that_its_role_allows(one_waits, allowed):
    with touched_kinds() as kinds:
        plan.handler({"job_id": one_waits}, None)
    assert kinds == allowed("Plan")


def test_finish_touches_items_that_its_role_allows(one_waits, allowed, monkeypatch):
    from imgopt.jobs import results
    from imgopt.tagging.model import ImageTags

    state = plan.handler({"job_id": one_waits}, None)
    results.store_tags(one_waits, ImageTags("A dog", ("dog",), "dog", "somebody"))
    state["made"] = {"pixels": optimize.handler(state, None), "said": {"words": True}}
    with touched_kinds() as kinds:
        finish.handler(state, None)
    assert kinds <= allowed("Finish")
    assert {"JOB", "NAME", "SLOTS", "WAITING"} <= kinds


def test_finish_touches_items_that_its_role_allows_where_words_are_paid_back(one_waits, allowed):
    state = plan.handler({"job_id": one_waits}, None)
    state["made"] = {"pixels": optimize.handler(state, None), "said": {"error": {"Error": "NoTags", "Cause": "{}"}}}
    with touched_kinds() as kinds:
        finish.handler(state, None)
    assert kinds <= allowed("Finish")
    assert {"CREDITS", "USAGE"} <= kinds


def test_fail_touches_items_that_its_role_allows(one_waits, allowed):
    with touched_kinds() as kinds:
        fail.handler({"job_id": one_waits, "error": {"Error": "InvalidImage", "Cause": "{}"}}, None)
    assert kinds == allowed("Fail")


def test_deliver_touches_items_that_its_role_allows(one_waits, allowed, monkeypatch):
    fail.handler({"job_id": one_waits, "error": {"Error": "InvalidImage", "Cause": "{}"}}, None)
    monkeypatch.setattr("imgopt.callbacks.service.post", lambda *_, **__: 204)
    with touched_kinds() as kinds:
        deliver.handler({"Records": [{"body": json.dumps({"job_id": one_waits, "attempt": 1})}]}, Lambda())
    assert kinds == allowed("Deliver")


def test_reconcile_touches_items_that_its_role_allows(one_waits, allowed, clock_at):
    clock_at(minutes=50)
    with touched_kinds() as kinds:
        reconcile.handler({}, Lambda())
    assert kinds <= allowed("Reconcile")
    assert "JOB" in kinds


def test_refresh_credits_touches_items_that_its_role_allows(one_waits, allowed, clock_at):
    clock_at(days=2)
    with touched_kinds() as kinds:
        refresh_credits.handler({}, Lambda())
    assert kinds == allowed("RefreshCredits") == {"CREDITS"}


@pytest.mark.parametrize("path", ["/status/{}/stream", "/status/stream?job_ids={}", "/download/{}"])
def test_streaming_touches_items_that_its_role_allows(client, upload, run_stages, allowed, path):
    uploaded = upload(pictures.png())
    headers = {"X-Session-Token": uploaded["session_token"]}
    body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": {"private": True}}
    job_id = client.post("/auto", json=body, headers=headers).json()["jobs"][0]["id"]
    run_stages(job_id)
    with touched_kinds() as kinds:
        assert client.get(path.format(job_id), headers=headers).status_code == 200
    assert kinds <= allowed("Streaming")
    assert "JOB" in kinds


def test_streaming_touches_items_that_its_role_allows_where_a_job_waits(client, upload, allowed, monkeypatch):
    """The queue position of a waiting job depends on its owner's list."""
    monkeypatch.setenv("IMGOPT_JOBS_PER_OWNER", "1")
    monkeypatch.setenv("IMGOPT_STREAM_SECONDS", "0.05")
    settings.cache_clear()
    first = upload(pictures.png())
    headers = {"X-Session-Token": first["session_token"]}
    ids = [first["temp_file_id"], upload(pictures.jpeg(), token=first["session_token"])["temp_file_id"]]
    jobs = client.post("/auto", json={"temp_file_ids": ids}, headers=headers).json()["jobs"]
    with touched_kinds() as kinds:
        for job in jobs:
            assert client.get(f"/status/{job['id']}/stream").status_code == 200
    assert "WAITING" in kinds
    assert kinds <= allowed("Streaming")


def test_billing_touches_items_that_its_role_allows(client, allowed, monkeypatch):
    with set_up_billing(monkeypatch) as stripe:
        monkeypatch.setattr(clock, "now", lambda: moment(stripe.world.now))
        sign_up()
        client.app.dependency_overrides[require_person] = lambda: BUYER
        order = {"price_id": "price_pro", "success_url": f"{SHOP}/thanks", "cancel_url": f"{SHOP}/pricing"}
        with touched_kinds() as kinds:
            client.post("/billing/checkout", json=order).raise_for_status()
            stripe.world.subscribe(stripe.world.all("customer")[0]["id"])
            deliver_events(*stripe.world.events)
            client.get("/billing/subscription").raise_for_status()
    assert kinds <= allowed("Billing")
    assert {"USER", "BILLING", "STRIPE_CUSTOMER", "STRIPE_EVENT"} <= kinds


def test_mcp_touches_items_that_its_role_allows(client, upload, allowed, issuer, monkeypatch):
    def call(name: str, sent: dict[str, str], **arguments: object) -> dict:
        body, headers = message_of("tools/call", {"name": name, "arguments": arguments}, NEWEST)
        return read_answer(client.post("/mcp", json=body, headers=headers | sent))["result"]["structuredContent"]

    uploaded, bearer, data = upload(pictures.png()), issuer.bearer(), pictures.png()
    session = {"X-Session-Token": uploaded["session_token"]}
    with serve(lambda _: [b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(data), data]) as website:
        monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", website.authority)
        settings.cache_clear()
        with touched_kinds() as kinds:
            jobs = [
                call("describe_image", {}, temp_file_id=uploaded["temp_file_id"], wait_seconds=0),
                call("describe_image", {}, url=f"http://{website.authority}/a.png", wait_seconds=0),
                call("describe_image", bearer, url=f"http://{website.authority}/a.png", wait_seconds=0),
            ]
            call("account_status", session)
            call("get_job", bearer, job_id=jobs[0]["id"])
    assert kinds <= allowed("Mcp")
    assert {"JOB", "CREDITS", "USER", "RATE"} <= kinds
