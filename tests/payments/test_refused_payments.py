"""Payments that are not settled: invalid ones, and those for refused calls."""

import pytest

from imgopt.errors import RateLimited
from imgopt.payments import repository
from imgopt.quotas import guests
from imgopt.quotas import service as quotas
from imgopt.quotas.rules import FAILED_JOBS
from imgopt.quotas.service import QuotaStatus
from imgopt.settings import settings
from imgopt.storage import table
from imgopt.storage.lookups import Lookup
from tests.payments.conftest import PRICE
from tests.payments.payer import REQUIRED, RESPONSE, SIGNATURE, read, write


@pytest.fixture
def paid(call, payer) -> dict[str, str]:
    """The header that pays for the call."""
    return payer.pay(call())


def changed(paid: dict[str, str], *path: str, value: object) -> dict[str, str]:
    said = read(paid[SIGNATURE])
    place = said
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return {SIGNATURE: write(said)}


SIGNED = ("payload", "authorization")
ELSEWHERE = "0x" + "1" * 40


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ((("payload", "signature"), "0x" + "11" * 65), "invalid_exact_evm_payload_signature"),
        (((*SIGNED, "nonce"), "0x" + "1" * 64), "invalid_exact_evm_payload_signature"),
        (((*SIGNED, "nonce"), "0x1"), "invalid_payload"),
        (((*SIGNED, "from"), ELSEWHERE), "invalid_exact_evm_payload_signature"),
        (((*SIGNED, "to"), ELSEWHERE), "payment_requirements_mismatch"),
        (((*SIGNED, "value"), "1"), "payment_requirements_mismatch"),
        (((*SIGNED, "validBefore"), "1"), "payment_expired"),
        (((*SIGNED, "validBefore"), "99999999999"), "payment_requirements_mismatch"),
        (((*SIGNED, "validBefore"), "999999999999"), "invalid_payload"),
        ((("accepted", "payTo"), ELSEWHERE), "payment_requirements_mismatch"),
        ((("accepted", "asset"), ELSEWHERE), "payment_requirements_mismatch"),
        ((("accepted", "network"), "eip155:1"), "payment_requirements_mismatch"),
        ((("accepted", "scheme"), "upto"), "payment_requirements_mismatch"),
        ((("accepted", "extra"), {"assetTransferMethod": "permit2"}), "payment_requirements_mismatch"),
        ((("payload",), {"permit2Authorization": {}}), "invalid_payload"),
        ((("x402Version",), 1), "invalid_payload"),
    ],
)
def test_a_payment_that_is_no_good_is_refused_with_the_reason(call, paid, facilitator, change, fault):
    path, value = change
    answer = call(changed(paid, *path, value=value))
    assert (answer.status_code, read(answer.headers[REQUIRED])["error"]) == (402, fault)
    assert (facilitator.received, facilitator.asked["/settle"], [*table.scan(repository.KIND)]) == (0, 0, [])


@pytest.mark.parametrize("header", ["", "%%%", "bm8=", write([]), write({}), "A" * 9000, write({"x402Version": "2"})])
def test_header_that_is_no_payment_is_refused(call, facilitator, header):
    answer = call({SIGNATURE: header})
    assert (answer.status_code, read(answer.headers[REQUIRED])["error"]) == (402, "invalid_payload")
    assert not facilitator.asked


def test_a_payer_without_money_is_told_so(call, paid, facilitator):
    facilitator.funds.clear()
    answer = call(paid)
    assert read(answer.headers[REQUIRED])["error"] == "invalid_exact_evm_insufficient_balance"


def test_money_that_is_gone_when_it_is_to_be_settled_buys_nothing(call, paid, facilitator, stored):
    facilitator.before = lambda path: facilitator.funds.clear() if path == "/settle" else None
    answer = call(paid)
    assert (answer.status_code, call.bought()) == (402, (0, 0))
    receipt = read(answer.headers[RESPONSE])
    assert (receipt["success"], receipt["errorReason"]) == (False, "invalid_exact_evm_insufficient_balance")
    assert "JOB" not in stored()["items"]
    facilitator.funds.update({read(paid[SIGNATURE])["payload"]["authorization"]["from"].lower(): 10**6})
    assert (call(paid).status_code, facilitator.received) == (402, 0)  # what was refused stays so


def test_less_than_is_missing_is_not_taken(call, payer, facilitator):
    small = payer.pay(call())
    answer = call(small, settings={"output_width": 20})
    assert (answer.status_code, read(answer.headers[REQUIRED])["error"]) == (402, "insufficient_amount")
    assert facilitator.received == 0


def test_more_than_the_call_costs_is_not_taken(call, payer, facilitator):
    large = payer.pay(call(settings={"output_width": 20, "output_upscale_factor": 4}))
    assert read(large[SIGNATURE])["accepted"]["amount"] == str(4 * PRICE)
    answer = call(large)
    assert (answer.status_code, read(answer.headers[REQUIRED])["error"]) == (402, "amount_exceeds_cost")
    assert facilitator.received == 0


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"settings": {"output_quality": 0}}, 422),
        ({"settings": {"output_format": "ico", "output_width": 512}}, 422),
        ({"settings": {"callback_url": "http://127.0.0.1/"}}, 422),
        ({"temp_file_ids": ["11111111-1111-4111-8111-111111111111"]}, 404),
    ],
)
def test_a_call_that_is_refused_is_not_paid_for(call, paid, facilitator, body, status):
    assert call(paid, **body).status_code == status
    assert not facilitator.asked


def test_owner_of_too_many_failed_jobs_can_not_buy_more(call, paid, facilitator, monkeypatch):
    refused = QuotaStatus(FAILED_JOBS, 1, 0, 0, is_refused=True)
    monkeypatch.setattr(quotas, "lookup", lambda *_: Lookup([], lambda _: refused))
    assert (call(paid).status_code, facilitator.asked["/settle"]) == (429, 0)


def test_guests_who_have_had_enough_at_their_address_pay_for_all(call, paid, payer, facilitator, monkeypatch):
    def refuse(_: object, credits_asked: int) -> None:
        if credits_asked:
            raise RateLimited("Guests have had enough.", 60)

    monkeypatch.setattr(guests, "count_credits", refuse)
    answer = call(paid)
    assert (answer.status_code, facilitator.asked["/settle"]) == (402, 0)
    offer = read(answer.headers[REQUIRED])
    assert (offer["error"], offer["accepts"][0]["amount"]) == ("insufficient_amount", str(3 * PRICE))
    assert call(payer.pay(answer)).status_code == 200
    assert (facilitator.received, call.bought()) == (3 * PRICE, (3, 3))


def test_a_payment_is_not_touched_where_credits_are_left(call, paid, facilitator, monkeypatch):
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "20")
    settings.cache_clear()
    answer = call(paid)
    assert (answer.status_code, RESPONSE in answer.headers) == (200, False)
    assert (facilitator.asked, facilitator.received) == ({}, 0)


def test_settlement_of_something_else_is_not_believed(call, paid, facilitator):
    facilitator.after = lambda path, answer: {**answer, "amount": "1"} if path == "/settle" else answer
    assert (call(paid).status_code, call.bought()) == (503, (0, 0))


def test_the_signature_is_not_kept_once_it_is_decided(call, paid):
    call(paid)
    (item,) = table.scan(repository.KIND)
    assert item["payload"] == ""
    assert "agenda" not in item
