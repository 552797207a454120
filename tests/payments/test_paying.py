"""The official client pays for a job over HTTP: the offer, and the answer."""

import pytest

from functions.api.app import build_app
from imgopt.settings import settings
from tests import pictures
from tests.direct_client import DirectClient
from tests.payments.conftest import PRICE
from tests.payments.facilitator_double import ASSET, NETWORK, PAY_TO
from tests.payments.payer import REQUIRED, RESPONSE, read

PATHS = ["/auto", "/compress", "/resize", "/upscale", "/tag"]


def test_the_official_client_pays_for_a_job(server, payer, facilitator, run_stages):
    session = payer.session()
    uploaded = session.post(f"{server}/upload", files={"file": ("a.png", pictures.png())}).json()
    body = {"temp_file_ids": [uploaded["temp_file_id"]]}
    answer = session.post(f"{server}/auto", json=body, headers={"X-Session-Token": uploaded["session_token"]})
    assert answer.status_code == 200, answer.text
    assert (answer.json()["credits_used"], answer.json()["credits_remaining"]) == (3, 0)
    assert (facilitator.received, facilitator.asked["/settle"]) == (PRICE, 1)
    receipt = read(answer.headers[RESPONSE])
    assert (receipt["success"], receipt["payer"], receipt["network"]) == (True, payer.address, NETWORK)
    assert receipt["transaction"].startswith("0x")
    job_id = answer.json()["jobs"][0]["id"]
    run_stages(job_id)
    assert session.get(f"{server}/status/{job_id}").json()["job"]["status"] == "completed"


def test_missing_credits_are_asked_for_in_the_words_of_x402(call):
    answer = call()
    assert answer.status_code == 402
    offer = read(answer.headers[REQUIRED])
    assert (offer["x402Version"], offer["resource"]["url"]) == (2, "http://testserver/auto")
    (accepted,) = offer["accepts"]
    assert accepted == {
        "scheme": "exact",
        "network": NETWORK,
        "asset": ASSET,
        "amount": str(PRICE),
        "payTo": PAY_TO,
        "maxTimeoutSeconds": 300,
        "extra": {"name": "USDC", "version": "2"},
    }


def test_the_body_is_the_one_that_clients_know_of_429(call):
    body = call().json()
    assert (body["detail"], body["credits_needed"]) == ("Insufficient credits. Need 3, have 2.", 3)
    assert body["is_guest"] is True


@pytest.mark.parametrize("path", PATHS)
def test_every_call_that_asks_for_jobs_can_be_paid_for(call, payer, path):
    body = {"width": 20} if path == "/resize" else {}
    refused = call(path=path, **body)
    assert refused.status_code == 402
    assert call(payer.pay(refused), path=path, **body).status_code == 200


def test_scripts_of_websites_can_pay(client, call, payer):
    site = {"Origin": "https://shop.example"}
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "payment-signature"}
    allowed = client.options("/auto", headers={**site, **asked})
    assert "payment-signature" in allowed.headers["access-control-allow-headers"].lower()
    shown = call(site).headers["access-control-expose-headers"].split(", ")
    assert {REQUIRED, RESPONSE} <= {*shown}


def test_credits_that_are_left_are_used_first_and_the_rest_is_paid_for(call, payer, facilitator):
    assert call(payer.pay(call())).json()["credits_remaining"] == 0
    refused = call(settings={"output_width": 20})
    assert read(refused.headers[REQUIRED])["accepts"][0]["amount"] == str(4 * PRICE)
    assert call(payer.pay(refused), settings={"output_width": 20}).status_code == 200
    assert (facilitator.received, call.bought()) == (5 * PRICE, (5, 5))


def test_a_call_that_costs_more_is_charged_more(call, payer, facilitator):
    assert call(payer.pay(call(settings={"output_width": 20})), settings={"output_width": 20}).status_code == 200
    assert facilitator.received == 2 * PRICE


def test_config_tells_how_calls_are_paid_for(client):
    assert client.get("/config").json()["payments"] == {
        "protocol": "x402",
        "version": 2,
        "scheme": "exact",
        "network": NETWORK,
        "asset": ASSET,
        "pay_to": PAY_TO,
        "price_per_credit": str(PRICE),
    }


def test_no_receiving_address_means_no_payments(call, payer, facilitator, monkeypatch):
    payment = payer.pay(call())
    monkeypatch.setenv("IMGOPT_X402_PAY_TO", "")
    settings.cache_clear()
    call.client = DirectClient(build_app())
    answer = call(payment)
    assert (answer.status_code, REQUIRED in answer.headers, RESPONSE in answer.headers) == (429, False, False)
    assert facilitator.received == 0
    assert call.client.get("/config").json()["payments"] is None
