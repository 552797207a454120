"""A payment is settled once and buys once, also after repetitions and interruptions."""

import threading

import pytest

from functions.schedules import reconcile
from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.jobs import repository as jobs
from imgopt.payments import repository
from imgopt.payments.model import CreditPayment
from imgopt.settings import settings
from imgopt.storage import table
from tests.handlers.conftest import Lambda
from tests.payments.conftest import PRICE
from tests.payments.facilitator_double import Lost
from tests.payments.payer import REQUIRED, RESPONSE, SIGNATURE, read, write


@pytest.fixture
def paid(call, payer) -> dict[str, str]:
    """The header that pays for the call."""
    return payer.pay(call())


@pytest.fixture
def lose(facilitator):
    """The answer to the next request to a path, which is carried out, is lost."""

    def arrange(path: str) -> None:
        def once(asked: str, answer: dict) -> dict:
            if asked != path:
                return answer
            facilitator.after = lambda _, answer: answer
            raise Lost

        facilitator.after = once

    return arrange


def run_schedule() -> None:
    reconcile.handler({}, Lambda())


def job_ids(answer) -> list[str]:
    return [each["id"] for each in answer.json()["jobs"]]


def test_the_same_call_with_the_same_payment_has_the_same_job(call, paid, facilitator):
    first, again = call(paid), call(paid)
    assert (first.status_code, again.status_code) == (200, 200)
    assert job_ids(first) == job_ids(again)
    assert first.headers[RESPONSE] == again.headers[RESPONSE]
    assert (facilitator.received, call.bought()) == (PRICE, (1, 1))


def test_another_call_with_the_same_payment_has_to_be_paid_for(call, paid, facilitator):
    call(paid)
    answer = call(paid, settings={"output_quality": 60})
    assert (answer.status_code, read(answer.headers[REQUIRED])["error"]) == (402, "payment_already_used")
    assert (facilitator.received, facilitator.asked["/settle"]) == (PRICE, 1)


def test_payment_of_somebody_else_buys_nothing(new_call, call, paid, facilitator):
    call(paid)
    answer = new_call()(paid)
    assert (answer.status_code, read(answer.headers[REQUIRED])["error"]) == (402, "payment_already_used")
    assert facilitator.asked["/settle"] == 1


def test_a_payment_that_is_written_otherwise_is_the_same(call, paid, facilitator):
    call(paid)
    said = read(paid[SIGNATURE])
    signed = said["payload"]["authorization"]
    signed["nonce"], signed["from"] = f"0x{signed['nonce'][2:].upper()}", signed["from"].lower()
    said["extensions"] = {"more": 1}
    answer = call({SIGNATURE: write(said)}, settings={"output_quality": 60})
    assert (answer.status_code, facilitator.asked["/settle"]) == (402, 1)


def test_the_same_payment_twice_at_once_is_settled_once(call, paid, facilitator):
    meanwhile = []

    def at_settling(path: str) -> None:
        if path == "/settle" and not meanwhile:
            meanwhile.append(call(paid))

    facilitator.before = at_settling
    answer = call(paid)
    assert (answer.status_code, meanwhile[0].status_code) == (200, 503)
    assert int(meanwhile[0].headers["Retry-After"]) >= 1
    assert job_ids(call(paid)) == job_ids(answer)
    assert (facilitator.received, facilitator.asked["/settle"], call.bought()) == (PRICE, 1, (1, 1))


def test_many_at_once_have_one_job(call, paid, facilitator):
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(call(paid))) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    accepted = [each for each in answers if each.status_code == 200]
    assert {each.status_code for each in answers} <= {200, 503}
    assert len({*map(tuple, map(job_ids, accepted))}) == 1
    assert (facilitator.received, call.bought()) == (PRICE, (1, 1))


def test_payment_that_is_settled_while_it_is_verified_again_is_under_way(call, paid, facilitator, lose, clock_at):
    """The facilitator refuses a nonce that is used, before anybody knows by whom."""
    meanwhile = []

    def at_verifying(path: str) -> None:
        if path == "/verify" and not meanwhile:
            meanwhile.append(None)
            lose("/settle")
            meanwhile.append(call(paid))

    facilitator.before = at_verifying
    assert (call(paid).status_code, meanwhile[1].status_code) == (503, 503)
    clock_at(seconds=60)
    assert (call(paid).status_code, call.bought(), facilitator.received) == (200, (1, 1), PRICE)


def test_two_who_settle_at_once_both_know_that_it_is_paid(call, paid, facilitator, clock_at):
    """The first has slept for so long that the second takes the payment for abandoned, and is faster."""
    meanwhile = []

    def at_settling(path: str) -> None:
        if path == "/settle" and not meanwhile:
            meanwhile.append(None)
            clock_at(seconds=60)
            meanwhile.append(call(paid))

    facilitator.before = at_settling
    answer = call(paid)
    assert (answer.status_code, meanwhile[1].status_code) == (200, 200)
    assert (job_ids(answer), call.bought(), facilitator.received) == (job_ids(meanwhile[1]), (1, 1), PRICE)


def test_settlement_counts_where_somebody_else_saw_a_used_nonce(call, paid, facilitator):
    seen = []

    def refuse_meanwhile(path: str, answer: dict) -> dict:
        if path == "/settle" and not seen:
            seen.append(None)
            (item,) = table.scan(repository.KIND)
            repository.note_refused(table.from_item(item, CreditPayment), "nonce_already_used", clock.now())
        return answer

    facilitator.after = refuse_meanwhile
    assert (call(paid).status_code, call.bought(), facilitator.received) == (200, (1, 1), PRICE)


def test_a_lost_answer_is_asked_for_again_by_the_client(call, paid, facilitator, lose, clock_at):
    lose("/settle")
    assert (call(paid).status_code, facilitator.received, call.bought()) == (503, PRICE, (0, 0))
    clock_at(seconds=60)
    answer = call(paid)
    assert (answer.status_code, call.bought(), facilitator.received) == (200, (1, 1), PRICE)
    assert read(answer.headers[RESPONSE])["success"] is True


def test_a_lost_answer_is_asked_for_again_by_the_schedule(call, paid, facilitator, lose, clock_at):
    lose("/settle")
    call(paid)
    clock_at(seconds=60)
    run_schedule()
    assert (call.bought(), facilitator.received) == ((1, 0), PRICE)
    assert call().status_code == 200  # by what was bought, with no payment at all
    run_schedule()
    assert call.bought() == (1, 1)


def test_payment_that_is_being_settled_is_left_alone_by_the_schedule(call, paid, facilitator, lose):
    lose("/settle")
    call(paid)
    run_schedule()
    assert (facilitator.asked["/settle"], call.bought()) == (1, (0, 0))


def test_a_payment_that_never_reached_the_facilitator_is_settled_later(call, paid, facilitator, clock_at):
    def away(path: str) -> None:
        if path == "/settle":
            raise Lost

    facilitator.before = away
    assert (call(paid).status_code, facilitator.received) == (503, 0)
    facilitator.before = lambda path: None
    clock_at(seconds=60)
    run_schedule()
    assert (facilitator.received, call.bought()) == (PRICE, (1, 0))


@pytest.mark.parametrize("reason", ["settlement_pending", "unexpected_settle_error"])
def test_a_pending_transaction_is_waited_for(call, paid, facilitator, clock_at, reason):
    pending = {"success": False, "errorReason": reason, "transaction": "0x1", "network": "eip155:84532"}
    facilitator.after = lambda path, answer: pending if path == "/settle" else answer
    assert (call(paid).status_code, call.bought()) == (503, (0, 0))
    facilitator.after = lambda path, answer: answer
    clock_at(seconds=60)
    run_schedule()
    assert call.bought() == (1, 0)


def test_a_facilitator_that_is_away_costs_nothing(call, paid, facilitator, stored):
    def away(path: str) -> None:
        raise Lost

    facilitator.before = away
    assert call(paid).status_code == 503
    assert "PAYMENT" not in stored()["items"]


def test_a_slow_facilitator_is_waited_for_so_long_and_no_longer(call, paid, facilitator, monkeypatch):
    monkeypatch.setenv("IMGOPT_X402_SECONDS", "0.3")
    settings.cache_clear()
    ended = threading.Event()
    facilitator.before = lambda path: ended.wait(30) and None
    assert call(paid).status_code == 503
    ended.set()


def test_credits_stay_bought_where_accepting_the_job_fails(call, paid, facilitator, monkeypatch):
    create_all = jobs.create_all

    def fail(*_: object) -> None:
        monkeypatch.setattr(jobs, "create_all", create_all)
        raise Unavailable("Storage did not answer.")

    monkeypatch.setattr(jobs, "create_all", fail)
    broken = call(paid)
    assert (broken.status_code, read(broken.headers[RESPONSE])["success"], call.bought()) == (503, True, (1, 0))
    assert (call(paid).status_code, call.bought(), facilitator.received) == (200, (1, 1), PRICE)


def test_a_process_that_dies_before_it_notes_the_settlement_loses_nothing(
    call, paid, facilitator, monkeypatch, clock_at
):
    note_settled = repository.note_settled

    def die(*_: object) -> None:
        monkeypatch.setattr(repository, "note_settled", note_settled)
        raise RuntimeError

    monkeypatch.setattr(repository, "note_settled", die)
    assert call(paid).status_code == 500
    clock_at(seconds=60)
    run_schedule()
    assert (facilitator.received, call.bought()) == (PRICE, (1, 0))


def test_credits_that_another_call_takes_meanwhile_are_asked_for_and_nothing_is_lost(call, paid, facilitator):
    """Each caller has paid for the credits that were missing when it looked."""
    taken = []

    def at_settling(path: str) -> None:
        if path == "/settle" and not taken:
            taken.append(None)
            day = {"pk": f"CREDITS#{call.owner}", "sk": clock.now().date().isoformat()}
            table.add(day, {"used": 2})

    facilitator.before = at_settling
    answer = call(paid)
    assert (answer.status_code, read(answer.headers[RESPONSE])["success"], call.bought()) == (402, True, (1, 0))
    offer = read(answer.headers[REQUIRED])["accepts"][0]
    assert (offer["amount"], answer.json()["credits_remaining"]) == (str(2 * PRICE), 1)


@pytest.fixture
def unclear(call, paid, facilitator, clock_at) -> None:
    """Nobody has heard of the settlement, and then the facilitator says nothing that would tell."""

    def away(path: str) -> None:
        if path == "/settle":
            raise Lost

    facilitator.before = away
    call(paid)
    facilitator.before = lambda path: facilitator.funds.clear()
    clock_at(minutes=8)
    run_schedule()


def test_payment_that_stays_unclear_is_told_and_buys_nothing(log_lines, capsys, unclear, call, paid):
    assert capsys.readouterr().out.count('"PaymentsUnclear":[1.0]') == 1
    assert [each["level"] for each in log_lines() if each["message"] == "payment is unclear"] == ["ERROR"]
    answer = call(paid)
    assert (answer.status_code, answer.headers["Retry-After"], call.bought()) == (503, "3600", (0, 0))


def test_payment_that_people_find_buys_its_credits_once(unclear, call, paid):
    decide("paid")
    for _ in range(2):
        run_schedule()
    assert (call.bought(), call(paid).status_code) == ((1, 0), 200)


def test_payment_that_people_do_not_find_buys_nothing(unclear, call, paid):
    decide("unpaid")
    run_schedule()
    answer = call(paid)
    assert (answer.status_code, read(answer.headers[REQUIRED])["error"], call.bought()) == (402, "not_paid", (0, 0))


def decide(status: str) -> None:
    """Sets a payment's status, as docs/operations.md describes."""
    (item,) = table.scan(repository.KIND)
    changed = table.update(
        {"pk": item["pk"], "sk": item["sk"]}, {"status": status}, where="#status = :u", values={"u": "unclear"}
    )
    assert changed
