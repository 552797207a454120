"""Slots: a limited number of jobs of one owner runs at a time. The others wait, and their status says so."""

import pkgutil
from collections.abc import Callable
from threading import Barrier, Event

import pytest

from functions.stages import fail, plan
from imgopt.errors import Unavailable
from imgopt.jobs import dispatch, queue_position, slots, waiting
from imgopt.jobs import repository as jobs
from imgopt.settings import settings
from imgopt.storage import clients, executions, table
from tests import pictures
from tests.faults.injection import Injection, Kind, injected
from tests.faults.shapes import Shape
from tests.handlers.test_processing import executions as started
from tests.roles.enforcement import NOBODY, called_by


@pytest.fixture(autouse=True)
def two_slots(environment, monkeypatch):
    monkeypatch.setenv("IMGOPT_JOBS_PER_OWNER", "2")
    monkeypatch.setenv("IMGOPT_PARALLEL_JOBS", "2")
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "1000")
    settings.cache_clear()


class Guest:
    """Somebody with one upload."""

    def __init__(self, client, uploaded: dict) -> None:
        self.client, self.upload_id = client, uploaded["temp_file_id"]
        self.headers = {"X-Session-Token": uploaded["session_token"]}

    def submit(self, files: int = 1, key: str | None = None) -> list[str]:
        headers = self.headers | ({"Idempotency-Key": key} if key else {})
        answer = self.client.post("/auto", json={"temp_file_ids": [self.upload_id] * files}, headers=headers)
        return [job["id"] for job in answer.raise_for_status().json()["jobs"]]

    def delete(self, job_id: str) -> None:
        self.client.delete(f"/jobs/{job_id}", headers=self.headers).raise_for_status()

    def place(self, job_id: str) -> tuple[int | None, int | None]:
        job = self.client.get(f"/status/{job_id}").json()["job"]
        return job["queue_position"], job["estimated_wait_seconds"]


@pytest.fixture
def guest(client, upload):
    return Guest(client, upload(pictures.png()))


@pytest.fixture
def other(client, upload):
    return Guest(client, upload(pictures.png()))


def owner_of(job_id: str) -> str:
    return jobs.find_all([job_id])[0].owner


def test_jobs_of_an_owner_are_started_up_to_the_limit_in_their_order(guest):
    ids = guest.submit(files=5)
    assert sorted(started()) == sorted(ids[:2])
    assert slots.read(owner_of(ids[0])) == set(ids[:2])


def test_ended_job_makes_room_for_the_next(guest, run_stages):
    first, second, third, fourth = guest.submit(files=4)
    run_stages(second)
    assert sorted(started()) == sorted([first, second, third])
    fail.handler({"job_id": third, "error": {"Error": "InvalidImage", "Cause": ""}}, None)
    assert set(started()) == {first, second, third, fourth}


def test_jobs_that_wait_are_started_in_the_order_in_which_they_came(guest, run_stages):
    ids = [job_id for files in (3, 1, 2) for job_id in guest.submit(files)]
    for number, job_id in enumerate(ids, 3):
        run_stages(job_id)
        assert set(started()) == set(ids[:number])


def test_ending_a_job_twice_frees_one_slot(guest, run_stages):
    ids = guest.submit(files=5)
    state = run_stages(ids[0])
    for _ in range(3):
        dispatch.free_slot(state["owner"], ids[0])
    assert set(started()) == set(ids[:3])
    assert len(slots.read(state["owner"])) == 2


def test_an_owner_does_not_wait_for_another(guest, other):
    guest.submit(files=10)
    (mine,) = other.submit()
    assert mine in started()
    assert other.place(mine) == (3, 6)  # two were started before, and none has begun


def test_places_are_told_as_they_are(guest, other, run_stages):
    """A job that waits for a slot is not next; the other's is, though it came later."""
    first, second, third, fourth, fifth = guest.submit(files=5)
    assert [guest.place(each) for each in (first, second)] == [(1, 3), (2, 3)]
    assert [guest.place(each)[0] for each in (third, fourth, fifth)] == [4, 5, 6]
    for each in (first, second):
        plan.handler({"job_id": each}, None)
    (mine,) = other.submit()
    assert other.place(mine) == (1, 3)
    plan.handler({"job_id": mine}, None)
    assert [guest.place(each) for each in (third, fourth, fifth)] == [(2, 3), (3, 3), (4, 6)]
    run_stages(first)
    assert [guest.place(each)[0] for each in (third, fourth, fifth)] == [1, 3, 4]


def test_an_event_tells_the_same_place(client, guest):
    *_, last = guest.submit(files=4)
    place = queue_position.find_position(jobs.find_all([last])[0])
    assert (place.position, place.wait_seconds) == guest.place(last)
    assert place.position == 5


def test_position_far_behind_is_never_told_as_next(guest, monkeypatch):
    ids = guest.submit(files=9)
    monkeypatch.setattr("imgopt.storage.lists.MOST_LISTED", 3)
    monkeypatch.setattr(waiting, "read_until", lambda owner, last: sorted(waiting.read_waiting(owner))[:3])
    assert guest.place(ids[-1])[0] >= 4


def test_a_job_that_is_deleted_while_it_waits_is_never_started(guest, run_stages):
    ids = guest.submit(files=4)
    owner = owner_of(ids[0])
    guest.delete(ids[2])
    run_stages(ids[0])
    assert set(started()) == {ids[0], ids[1], ids[3]}
    assert waiting.read_waiting(owner) == frozenset()


def test_deleting_one_that_is_under_way_makes_room(guest):
    ids = guest.submit(files=4)
    guest.delete(ids[0])
    assert set(started()) == set(ids[:3])


def test_job_that_ended_while_it_waited_is_passed_over(guest, run_stages):
    ids = guest.submit(files=5)
    table.delete(table.key("JOB", ids[2]))
    run_stages(ids[0])
    assert set(started()) == {ids[0], ids[1], ids[3]}


def test_a_job_that_ends_between_the_look_and_the_start_gives_its_slot_back(guest, run_stages, monkeypatch):
    ids = guest.submit(files=4)
    note, hit = jobs.note_ticket, []

    def end_first(job_id: str, *noted: object) -> object:
        if not hit:
            hit.append(job_id)
            with called_by(NOBODY):
                table.delete(table.key("JOB", job_id))
        return note(job_id, *noted)

    monkeypatch.setattr(jobs, "note_ticket", end_first)
    run_stages(ids[0])
    assert hit == [ids[2]]
    assert slots.read(owner_of(ids[0])) == {ids[1], ids[3]}


def test_a_slot_that_becomes_free_before_a_job_waits_for_it_is_not_lost(guest, run_stages, monkeypatch):
    """The last job under way ends between a new one's look at the slots and its entry on the list."""
    under_way = guest.submit(files=2)
    add, done = waiting.add, []

    def end_before(waiting_jobs: list) -> None:
        if not done:
            done.append(True)
            for job_id in under_way:
                run_stages(job_id)
        add(waiting_jobs)

    monkeypatch.setattr(waiting, "add", end_before)
    (late,) = guest.submit()
    assert late in started()


def test_two_calls_that_look_at_the_same_slots_share_them(guest, monkeypatch):
    """The second one, too, sees two that are free."""
    first = guest.submit(files=2)
    owner = owner_of(first[0])
    looks = [frozenset()]
    read = slots.read
    monkeypatch.setattr(slots, "read", lambda owner: looks.pop() if looks else read(owner))
    second = guest.submit(files=2)
    assert (set(started()), slots.read(owner)) == (set(first), set(first))
    assert all(guest.place(each)[0] > 3 for each in second)


def test_jobs_that_could_not_be_started_are_started_by_the_repeated_call(guest, monkeypatch, machine):
    with monkeypatch.context() as down:
        down.setattr(executions, "start", lambda *_, **__: 1 / 0)
        ids = guest.submit(files=3, key="once")
        assert started() == []
    assert guest.submit(files=3, key="once") == ids
    assert sorted(started()) == sorted(ids[:2])
    assert guest.submit(files=3, key="once") == ids
    assert sorted(started()) == sorted(ids[:2])


def test_a_job_is_started_though_any_answer_of_aws_is_lost(client, upload, guest, machine):
    """Reconciliation a minute later is not needed: a repeated call finds what the first call has done."""
    with injected(Injection.none()) as counted:
        guest.submit()
    for number in range(len(counted.calls)):
        another = Guest(client, upload(pictures.png()))
        with injected(Injection(number, Kind.LOST, Shape("ServiceUnavailable", 503))) as injection:
            (job_id,) = another.submit()
        assert job_id in started(), injection


def test_a_call_is_answered_though_starting_takes_for_ever(guest, monkeypatch):
    """The call spends some seconds on starting all its jobs, and these stay queued."""
    released, begun = Event(), []

    def hang(*asked: object, **_: object) -> None:
        begun.append(asked)
        released.wait(60)

    monkeypatch.setattr(executions, "start", hang)
    monkeypatch.setattr(dispatch, "START_SECONDS", 0.05)
    ids = guest.submit(files=5)
    assert (len(begun), dispatch.START_SECONDS) == (2, 0.05)
    assert {job.status.value for job in jobs.find_all(ids)} == {"queued"}
    released.set()


@pytest.mark.parametrize("broken", ["slots.take_slots", "waiting.add", "dispatch.start_all"])
def test_a_call_that_was_paid_for_is_answered_whatever_breaks_afterwards(guest, monkeypatch, broken):
    def fail_now(*_: object) -> None:
        raise Unavailable("Storage is busy.")

    monkeypatch.setattr(f"imgopt.jobs.{broken}", fail_now)
    assert len(guest.submit(files=4)) == 4


def test_jobs_per_owner_is_a_setting(guest, monkeypatch):
    monkeypatch.setenv("IMGOPT_JOBS_PER_OWNER", "3")
    settings.cache_clear()
    assert len(guest.submit(files=5)) == 5
    assert len(started()) == 3


@pytest.fixture
def operations(guest, monkeypatch) -> list[tuple[str, str]]:
    """Returns the requests to DynamoDB from here on: names of operations, with the keys that they name."""
    asked: list[tuple[str, str]] = []
    client = clients.dynamodb()
    make = client._make_api_call

    def noted(operation: str, request: dict) -> object:
        asked.append((operation, str(request.get("Key", request))))
        return make(operation, request)

    monkeypatch.setattr(client, "_make_api_call", noted)
    return asked


def test_a_job_done_at_once_costs_two_writes_more_for_its_turn(guest, run_stages, operations):
    (job_id,) = guest.submit()
    run_stages(job_id)
    of_turns = [operation for operation, about in operations if "SLOTS#" in about or "WAITING#" in about]
    assert sorted(of_turns) == ["BatchGetItem", "Query", "UpdateItem", "UpdateItem"]


@pytest.fixture
def meeting(monkeypatch):
    """Lets functions wait for each other: they end only where all of them are under way at the same time."""

    def meet(*names: str) -> None:
        barrier = Barrier(len(names), timeout=30)

        def joining(function: Callable[..., object]) -> Callable[..., object]:
            def join(*args: object, **known: object) -> object:
                barrier.wait()
                return function(*args, **known)

            return join

        for name in names:
            function = pkgutil.resolve_name(name)
            monkeypatch.setattr(name, joining(function))

    return meet


def test_call_reads_its_items_by_a_single_batch_request(guest, operations):
    """The items are the balance, the uploads, the slots and the failures. The token names the guest without a read."""
    guest.submit()
    assert [name for name, _ in operations if name.startswith(("Get", "BatchGet"))] == ["BatchGetItem"]


def test_deletions_with_a_job_run_concurrently(guest, meeting):
    ids = guest.submit(files=2)
    places = "imgopt.retention.deletion"
    names = ("announce_deletion", "remove_files", "stop", "end_deleted")
    meeting(*(f"{places}.{name}" for name in names))
    guest.delete(ids[0])


def test_executions_of_one_call_are_started_side_by_side(guest):
    barrier = Barrier(2, timeout=30)
    with pytest.MonkeyPatch.context() as slow:
        slow.setattr(executions, "start", lambda *_, **__: barrier.wait())
        guest.submit(files=2)
    assert not barrier.broken
