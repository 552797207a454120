"""Attacks on the ledger, on the embedded cloud's DynamoDB, whose transactions are atomic like those of AWS.

After each, what is written in the ledger and as usage must be what follows from the jobs.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from threading import local
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from imgopt import clock
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.credits.service import balance, refresh
from imgopt.errors import OutOfCredits, Unavailable
from imgopt.jobs import repository
from imgopt.settings import Settings, settings
from imgopt.storage import clients, table, transactions
from tests.e2e.auditing import ENDING, NOON, add_upload, at_once, audit, jobs_of, new_guest, submit, try_to_submit

pytestmark = pytest.mark.usefixtures("own_table")
MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
HOUR, TICK = timedelta(hours=1), timedelta(microseconds=1)


@pytest.fixture
def guest() -> Principal:
    return new_guest()


def test_no_more_is_taken_than_there_is_however_many_ask_at_once(guest):
    upload = add_upload(guest)
    taken = at_once(*[lambda: try_to_submit(guest, [upload])] * 40)
    assert Counter(taken) == {3: 6, 0: 34}
    assert list(audit(guest).values()) == [18]


def test_batches_of_all_prices_are_taken_whole_or_not_at_all(guest):
    upload = add_upload(guest)
    asked = [([upload] * files, {"output_width": 9} if resized else {}) for files in (1, 2, 3) for resized in (0, 1)]
    taken = at_once(
        *[lambda ids=ids, options=options: try_to_submit(guest, ids, **options) for ids, options in asked * 7]
    )
    assert list(audit(guest).values()) == [sum(taken)]
    assert 17 < sum(taken) <= 20


def test_refunded_credits_can_be_taken_again_and_no_more(guest):
    upload = add_upload(guest)

    def submit_and_fail() -> None:
        try:
            job = submit(guest, [upload]).jobs[0]
        except (OutOfCredits, Unavailable):  # the balance changes all the time, and a call gives up after some tries
            return
        at_once(*[lambda: repository.mark_failed(job.id, clock.now(), "Failed.")] * 2)
        assert 0 <= balance(guest).used <= 20

    at_once(*[submit_and_fail] * 24)
    assert list(audit(guest).values()) == [0]
    assert len(jobs_of(guest)) >= 6


def test_ledger_adds_up_through_conflicting_transactions(guest, monkeypatch):
    client, number = clients.dynamodb(), count()
    call = client._make_api_call
    conflict = {
        "Error": {"Code": "TransactionCanceledException"},
        "CancellationReasons": [{"Code": "TransactionConflict"}],
    }

    def hindered(operation: str, request: dict) -> object:
        if operation == "TransactWriteItems" and next(number) % 3 == 0:
            raise ClientError(conflict, operation)
        return call(operation, request)

    upload = add_upload(guest)
    monkeypatch.setattr(client, "_make_api_call", hindered)
    taken = at_once(*[lambda: try_to_submit(guest, [upload])] * 30)
    assert Counter(taken) == {3: 6, 0: 24}
    assert list(audit(guest).values()) == [18]


def test_a_larger_and_a_smaller_plan_take_from_the_same_period(monkeypatch):
    monkeypatch.setenv("IMGOPT_CREDITS_STARTER", "12")
    monkeypatch.setenv("IMGOPT_CREDITS_PRO", "30")
    settings.cache_clear()
    now = clock.now()
    starter = Principal(f"user-{uuid4()}", Tier.STARTER, Credential.JWT, None, now - 9 * HOUR, now + 9 * HOUR)
    pro, upload = replace(starter, tier=Tier.PRO), add_upload(starter)
    at_once(*[lambda: try_to_submit(starter, [upload]), lambda: try_to_submit(pro, [upload])] * 12)
    assert list(audit(pro).values()) == [30]
    assert (balance(pro).remaining, balance(starter).remaining) == (0, 0)


def test_a_job_ends_once_however_many_end_it_at_once(guest):
    job_id = submit(guest, [add_upload(guest)]).jobs[0].id
    ends = (
        lambda: repository.mark_failed(job_id, clock.now(), "Failed."),
        lambda: repository.mark_completed(job_id, clock.now(), ENDING),
        lambda: repository.mark_completed(job_id, clock.now(), ENDING, refund=1),
    )
    ended = [job for job in at_once(*ends * 8) if job]
    assert len(ended) == 1
    assert list(audit(guest).values()) == [ended[0].credits_used]


@pytest.fixture
def clocks(monkeypatch):
    """A clock for each piece of work: `at(moment, work)` is that work, done at that moment."""
    here = local()
    monkeypatch.setattr(clock, "now", lambda: getattr(here, "moment", NOON))

    def at(moment: datetime, work: Callable[[], object]) -> Callable[[], object]:
        def timed() -> object:
            here.moment = moment
            return work()

        return timed

    return at


def test_days_do_not_pay_for_each_other_at_midnight(guest, clocks):
    upload = add_upload(guest)
    late = clocks(MIDNIGHT - TICK, lambda: try_to_submit(guest, [upload]))
    early = clocks(MIDNIGHT, lambda: try_to_submit(guest, [upload]))
    tidy = clocks(MIDNIGHT, lambda: refresh(clock.now()))
    at_once(*[late, early, tidy] * 10)
    assert audit(guest) == {"2026-03-01": 18, "2026-03-02": 18}


def test_refunds_while_their_day_is_removed_give_nothing_to_the_new_one(guest, clocks):
    upload = add_upload(guest)
    jobs = [job for _ in range(3) for job in submit(guest, [upload] * 2).jobs]
    morning = MIDNIGHT + 2 * HOUR
    fail = [clocks(morning, lambda job=job: repository.mark_failed(job.id, clock.now(), "Failed.")) for job in jobs]
    tidy = clocks(morning, lambda: refresh(clock.now()))
    spend = clocks(morning, lambda: try_to_submit(guest, [upload]))
    at_once(*fail[:3], tidy, *[spend] * 4, *fail[3:], tidy, *[spend] * 4, *fail, tidy)
    ledger = audit(guest)
    assert (ledger.get("2026-03-01", 0), ledger["2026-03-02"]) == (0, 18)
    assert all(job.refunded == 3 for job in repository.find_all([job.id for job in jobs]))


def test_the_largest_batch_is_taken_with_all_that_can_be_asked_for(guest, monkeypatch):
    """A transaction has 100 items and 4 MB at most."""
    most = next(each.le for each in Settings.model_fields["max_batch_files"].metadata if hasattr(each, "le"))
    monkeypatch.setenv("IMGOPT_MAX_BATCH_FILES", str(most))
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "1000")
    settings.cache_clear()
    address = "https://shop.example/" + "x" * 2000
    monkeypatch.setattr("imgopt.jobs.submission.check_url", lambda url: None)
    uploads = [add_upload(guest) for _ in range(most)]
    accepted = submit(guest, uploads, key="k" * 255, callback_url=address, job_source="s" * 64)
    assert list(audit(guest).values()) == [accepted.credits_used] == [3 * most]


def test_a_call_that_is_repeated_at_once_is_carried_out_once(guest):
    uploads = [add_upload(guest), add_upload(guest)]
    submit(guest, uploads, key="other")
    answers = at_once(*[lambda: submit(guest, uploads, key="once")] * 20)
    assert len({tuple(job.id for job in answer.jobs) for answer in answers}) == 1
    assert list(audit(guest).values()) == [12]


def test_a_call_that_is_repeated_at_once_is_answered_though_there_were_only_credits_for_one(guest):
    upload = add_upload(guest)
    submit(guest, [upload] * 5)
    answers = at_once(*[lambda: submit(guest, [upload], key="once")] * 20)
    assert len({answer.jobs[0].id for answer in answers}) == 1
    assert list(audit(guest).values()) == [18]


def test_a_request_that_is_sent_twice_counts_once(guest, monkeypatch):
    """A request is sent again with the same token if its answer was lost."""
    token, key = str(uuid4()), table.key("THING", guest.id)
    monkeypatch.setattr(transactions, "uuid4", lambda: token)
    for _ in range(2):
        transactions.write_all([transactions.change_item(key, adds={"size": 5})])
    assert table.get(key)["size"] == 5
