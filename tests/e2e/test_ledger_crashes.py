"""Processes end, or answers are lost, at every call to storage. The sums of the ledger stay correct."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from itertools import product

import pytest
from botocore.exceptions import EndpointConnectionError

from imgopt import clock
from imgopt.errors import ImgoptError, Unavailable
from imgopt.jobs import repository
from imgopt.jobs.model import UNFINISHED, Job, JobStatus
from imgopt.storage import clients
from tests.e2e.auditing import ENDING, add_upload, audit, jobs_of, new_guest, reconcile, submit

pytestmark = pytest.mark.usefixtures("own_table")
LOST = EndpointConnectionError(endpoint_url="http://dynamodb")


class Killed(BaseException):
    """The process is gone: nothing handles that."""


# Whether the call is executed, and the fault after it. A crash after a call is a crash before the next one.
WAYS = ((False, Killed()), (False, LOST), (True, LOST))


class Faults:
    """Lets something happen at one of the calls to storage: before it, or when it has been made."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls, self.at, self.after, self.fault = 0, -1, False, BaseException()
        client = clients.dynamodb()
        call = client._make_api_call
        monkeypatch.setattr(client, "_make_api_call", lambda *request: self._pass(lambda: call(*request)))
        monkeypatch.setattr(repository, "start_execution", lambda job: self._start())

    def strike(self, at: int, after: bool, fault: BaseException) -> None:
        self.calls, self.at, self.after, self.fault = 0, at, after, fault

    def rest(self) -> int:
        """Lets all further calls succeed, and returns the number of calls so far."""
        self.at = -1
        return self.calls

    def _start(self) -> None:
        with clients.aws_errors():
            self._pass(lambda: None)

    def _pass(self, call: Callable[[], object]) -> object:
        is_hit, self.calls = self.calls == self.at, self.calls + 1
        if is_hit and not self.after:
            raise self.fault
        answer = call()
        if is_hit:
            raise self.fault
        return answer


@pytest.fixture
def crash_everywhere(monkeypatch):
    """Carries work out once for each call to storage, and each way in which that can go wrong; yields in between."""
    faults = Faults(monkeypatch)

    def run(prepare: Callable[[], tuple]) -> Iterator[tuple]:
        """`prepare` returns what to do, and whatever is of use afterwards."""
        work, *known = prepare()
        faults.strike(-1, False, Killed())
        work()
        for number, (after, fault) in product(range(faults.rest()), WAYS):
            work, *known = prepare()
            faults.strike(number, after, fault)
            with suppress(Killed, ImgoptError):
                work()
            faults.rest()
            yield work, *known

    return run


def test_a_submission_that_breaks_off_anywhere_adds_up_and_can_be_repeated_under_its_key(crash_everywhere):
    def prepare() -> tuple:
        owner = new_guest()
        upload = add_upload(owner)
        return lambda: submit(owner, [upload] * 2, key="once"), owner

    for again, owner in crash_everywhere(prepare):
        assert list(audit(owner).values()) in ([], [0], [3], [6])
        accepted = again()
        assert len(jobs_of(owner)) == 2
        assert list(audit(owner).values()) == [accepted.credits_used]
        reconcile(owner)
        assert list(audit(owner).values()) == [0]


def test_a_submission_that_breaks_off_anywhere_is_charged_in_full_or_not_at_all(crash_everywhere):
    def prepare() -> tuple:
        owner = new_guest()
        upload = add_upload(owner)
        return lambda: submit(owner, [upload] * 2), owner

    for _, owner in crash_everywhere(prepare):
        unfinished = [job for job in jobs_of(owner) if job.status in UNFINISHED]
        assert sum(audit(owner).values()) == 3 * len(unfinished)
        reconcile(owner)
        assert sum(audit(owner).values()) == 0


def test_executions_that_can_not_be_started_are_given_back_wherever_that_breaks_off(crash_everywhere, monkeypatch):
    begin = repository.start_execution

    def refuse(job: Job) -> None:
        begin(job)
        raise Unavailable("down")

    monkeypatch.setattr(repository, "start_execution", refuse)

    def prepare() -> tuple:
        owner = new_guest()
        upload = add_upload(owner)
        return lambda: submit(owner, [upload]), owner

    for _, owner in crash_everywhere(prepare):
        audit(owner)
        reconcile(owner)
        assert sum(audit(owner).values()) == 0


@pytest.mark.parametrize(
    ("end", "status", "used"),
    [
        (lambda job_id: repository.mark_failed(job_id, clock.now(), "Failed."), JobStatus.FAILED, 0),
        (lambda job_id: repository.mark_completed(job_id, clock.now(), ENDING), JobStatus.COMPLETED, 3),
        (lambda job_id: repository.mark_completed(job_id, clock.now(), ENDING, refund=1), JobStatus.COMPLETED, 2),
    ],
    ids=["failed", "completed", "completed in part"],
)
def test_an_end_that_breaks_off_anywhere_adds_up_and_can_be_repeated(crash_everywhere, end, status, used):
    def prepare() -> tuple:
        owner = new_guest()
        job_id = submit(owner, [add_upload(owner)]).jobs[0].id
        return lambda: end(job_id), owner, job_id

    for again, owner, job_id in crash_everywhere(prepare):
        assert list(audit(owner).values()) in ([3], [used])
        again()
        again()
        assert repository.find_all([job_id])[0].status is status
        assert list(audit(owner).values()) == [used]
