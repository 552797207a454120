"""Executions that run twice, in sequence or concurrently: the job is done, charged and reported once.

Step Functions may run an express execution twice, and whoever starts one may have to do so again.
"""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from functions.stages import fail, finish, optimize, plan, tag
from imgopt import clock
from imgopt.imaging.artifact import Artifact, ArtifactFile
from imgopt.jobs import repository as jobs
from imgopt.jobs import results, slots
from imgopt.settings import settings
from imgopt.storage import clients
from imgopt.tagging.model import ImageTags
from imgopt.workflow import stages
from imgopt.workflow.reasons import CRASH_ERRORS, THROTTLED
from tests import pictures
from tests.conftest import RESULTS, TABLE

pytestmark = pytest.mark.usefixtures("machine")


class Execution:
    """The states of the machine, one by one; `name` is what sets executions apart."""

    def __init__(self, job_id: str, name: str, attempt: int = 1) -> None:
        self.state: dict[str, Any] = {"job_id": job_id, "owner": jobs.find_all([job_id])[0].owner, "attempt": attempt}
        self.name = name

    def plan(self) -> bool:
        """Runs the stage, and returns whether this execution has the job."""
        planned = plan.handler({**self.state, "execution": self.name}, None)
        self.state |= planned
        return "taken" not in planned

    def optimize(self) -> dict:
        self.state["made"] = {"pixels": optimize.handler(self.state, None), "said": {}}
        return self.state["made"]["pixels"]

    def tag(self) -> None:
        self.state["made"]["said"] = tag.handler(self.state, None)

    def finish(self) -> None:
        finish.handler(self.state, None)

    def fail(self, error: str) -> None:
        fail.handler({**self.state, "execution": self.name, "error": {"Error": error, "Cause": ""}}, None)

    def run(self) -> None:
        if self.plan():
            self.optimize()
            self.finish()


@pytest.fixture
def job_id(submit) -> str:
    return submit(pictures.jpeg(), "hero.jpg", output_format="png", callback_url="https://shop.example/hook")["id"]


@pytest.fixture
def world(job_id):
    """Returns all items of the table, and all objects by their ETags."""

    def look() -> tuple[list, dict]:
        items = clients.dynamodb().scan(TableName=TABLE)["Items"]
        objects = clients.s3().list_objects_v2(Bucket=RESULTS).get("Contents", [])
        etags = {each["Key"]: each["ETag"] for each in objects}
        return sorted(json.dumps(each, sort_keys=True) for each in items), etags

    return look


@pytest.fixture
def made(monkeypatch):
    """Makes each execution produce other pixels."""
    count = iter(range(100))

    def make(_: object) -> list[ArtifactFile]:
        data = pictures.png() + bytes(next(count))
        return [ArtifactFile(Artifact("png", 48, 32, "oxipng", 80), data)]

    monkeypatch.setattr(stages, "_make", make)


def used(job_id: str) -> int:
    """Credits that are used."""
    job = jobs.find_all([job_id])[0]
    items = clients.dynamodb().scan(TableName=TABLE)["Items"]
    kinds = {item["pk"]["S"].partition("#")[0]: item for item in items if item["pk"]["S"].endswith(job.owner)}
    return int(kinds["CREDITS"]["used"]["N"])


def assert_consistent(job_id: str) -> None:
    """Asserts that the job's record of its result describes the stored file."""
    job = jobs.find_all([job_id])[0]
    assert job.result
    assert replace(job.result, others=()) == stages.read_json(Artifact, results.read_record(job.result.key))
    assert len(results.read_stored(job.result.key)) == job.result.size


def test_a_second_execution_finds_the_job_taken_and_changes_nothing(job_id, world):
    first, second = Execution(job_id, "a"), Execution(job_id, "b")
    assert first.plan()
    before = world()
    assert not second.plan()
    assert world() == before
    first.optimize()
    assert not second.plan()
    first.finish()
    before = world()
    second = Execution(job_id, "b")
    second.run()
    assert world() == before
    assert used(job_id) == 3


def test_a_stage_of_the_same_execution_may_be_repeated(job_id):
    first = Execution(job_id, "a")
    assert [first.plan() for _ in range(2)] == [True, True]


@pytest.mark.usefixtures("made")
def test_first_of_two_results_of_one_execution_counts(job_id):
    first, same = Execution(job_id, "a"), Execution(job_id, "a")
    assert (first.plan(), same.plan()) == (True, True)
    assert first.optimize() == same.optimize()
    same.finish()
    first.finish()
    assert_consistent(job_id)
    assert used(job_id) == 3


@pytest.mark.usefixtures("made")
def test_an_execution_that_comes_late_leaves_the_result_as_it_is(job_id, world):
    first, late = Execution(job_id, "a"), Execution(job_id, "a")
    assert (first.plan(), late.plan()) == (True, True)
    first.optimize()
    first.finish()
    before = world()
    late.optimize()
    late.finish()
    assert world() == before
    assert_consistent(job_id)


@pytest.mark.parametrize("error", ["InvalidImage", "Unavailable", *CRASH_ERRORS, THROTTLED])
def test_an_execution_that_fails_late_takes_nothing_back(job_id, world, error):
    first, late = Execution(job_id, "a"), Execution(job_id, "a")
    assert (first.plan(), late.plan()) == (True, True)
    first.optimize()
    first.finish()
    before = world()
    late.fail(error)
    assert world() == before
    assert used(job_id) == 3


@pytest.mark.parametrize("error", ["States.Timeout", "Unavailable", THROTTLED])
def test_an_execution_can_not_fail_or_put_off_what_another_one_has(job_id, world, error):
    """The execution fails before its first stage could tell it that another one has the job."""
    first, second = Execution(job_id, "a"), Execution(job_id, "b")
    assert first.plan()
    before = world()
    second.fail(error)
    assert world() == before
    first.optimize()
    first.finish()
    assert (jobs.find_all([job_id])[0].status, used(job_id)) == ("completed", 3)


def test_an_execution_that_goes_on_after_the_job_has_failed_completes_nothing(job_id):
    first, other = Execution(job_id, "a"), Execution(job_id, "a")
    assert (first.plan(), other.plan()) == (True, True)
    other.optimize()
    first.fail("InvalidImage")
    other.finish()
    job = jobs.find_all([job_id])[0]
    assert (job.status, job.credits_used, used(job_id)) == ("failed", 0, 0)


def test_an_execution_of_an_attempt_before_is_too_late(job_id):
    begun = jobs.begin_next_attempt(jobs.find_all([job_id])[0], clock.now())
    assert begun
    assert (Execution(job_id, "a").plan(), Execution(job_id, "b", attempt=2).plan()) == (False, True)


@pytest.mark.parametrize("names", ["aaaa", "abcd"], ids=["one execution", "several"])
def test_executions_at_once_end_a_job_once(job_id, names):
    with ThreadPoolExecutor(len(names)) as pool:
        for work in [pool.submit(Execution(job_id, name).run) for name in names]:
            work.result()
    job = jobs.find_all([job_id])[0]
    assert (job.status, used(job_id), slots.read(job.owner)) == ("completed", 3, frozenset())
    assert_consistent(job_id)


def test_an_end_that_is_told_twice_is_one_message_more_and_no_other_end(job_id):
    """Who delivers sees whether that has been done."""
    first = Execution(job_id, "a")
    first.run()
    first.finish()
    messages = clients.sqs().receive_message(QueueUrl=settings().callbacks_queue_url, MaxNumberOfMessages=10)
    assert {message["Body"] for message in messages["Messages"]} == {json.dumps({"job_id": job_id, "attempt": 1})}


@pytest.fixture
def speaking(monkeypatch):
    """Makes each execution produce other tags."""
    words = iter(["first", "second"])

    class Tagger:
        def tag(self, *_: object) -> ImageTags:
            word = next(words)
            return ImageTags(word, (word,), word, "somebody")

    monkeypatch.setattr("imgopt.tagging.service.tagger", Tagger)


@pytest.mark.usefixtures("speaking")
def test_the_words_of_a_job_are_those_in_its_file(submit):
    job_id = submit(pictures.jpeg(), "hero.jpg", output_seo_tag_gen=True, write_tags=True)["id"]
    first, same = Execution(job_id, "a"), Execution(job_id, "a")
    assert (first.plan(), same.plan()) == (True, True)
    for each in (first, same):
        each.optimize()
        each.tag()
    same.finish()
    first.finish()
    job = jobs.find_all([job_id])[0]
    assert (job.words.alt_text, b"first" in results.read_stored(job.result.key)) == ("first", True)
    assert_consistent(job_id)


@pytest.mark.usefixtures("speaking")
def test_a_file_that_is_finished_by_two_at_once_is_that_of_one(submit, monkeypatch):
    """The second has read it before the first has written."""
    job_id = submit(pictures.jpeg(), "hero.jpg", output_seo_tag_gen=True, write_tags=True)["id"]
    first, same = Execution(job_id, "a"), Execution(job_id, "a")
    assert (first.plan(), same.plan()) == (True, True)
    for each in (first, same):
        each.optimize()
        each.tag()
    replace_result = results.replace_result

    def be_overtaken(*asked: Any) -> bool:
        monkeypatch.setattr(results, "replace_result", replace_result)
        first.finish()
        return replace_result(*asked)

    monkeypatch.setattr(results, "replace_result", be_overtaken)
    same.finish()
    assert_consistent(job_id)
    assert used(job_id) == 4
