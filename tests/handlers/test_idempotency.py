"""Processing calls that are repeated under their Idempotency-Key."""

from datetime import UTC, datetime, timedelta

import pytest

from imgopt import authentication, clock
from imgopt.errors import InvalidRequest, Unavailable
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs import idempotency, repository, submission
from imgopt.storage import table
from imgopt.storage.lookups import Lookup
from tests import pictures

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
KEY = "8e03978e-40d5-43dd-bc93-6894a57f9324"


@pytest.fixture
def uploaded(upload):
    return upload(pictures.png())


@pytest.fixture
def ask(client, uploaded):
    """Asks for a job on one and the same file, under a key."""

    def send(path: str = "/auto", key: str | None = KEY, **body: object):
        headers = {
            "X-Session-Token": uploaded["session_token"],
            **({"Idempotency-Key": key} if key is not None else {}),
        }
        return client.post(path, json={"temp_file_ids": [uploaded["temp_file_id"]], **body}, headers=headers)

    return send


def jobs() -> int:
    return len(list(table.scan("JOB")))


@pytest.mark.parametrize("path", ["/auto", "/compress"])
def test_a_call_that_is_repeated_has_the_same_answer_and_costs_nothing_more(ask, path):
    first, second = ask(path), ask(path)
    assert (first.status_code, first.json()["credits_remaining"]) == (200, 17)
    assert second.json() == first.json()
    assert jobs() == 1


def test_calls_of_an_owner_are_hidden_from_clients_who_know_the_upload_alone(ask, client, uploaded):
    """Such clients can't use up a key of its owner, either."""
    private = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": {"private": True}}
    strange = [client.post("/auto", json=private, headers={"Idempotency-Key": key}) for key in (KEY, "b")]
    own = [ask(settings={"private": True}), ask(key="b", settings={"output_quality": 50})]
    assert [answer.status_code for answer in (*strange, *own)] == [200] * 4
    again = client.post("/auto", json=private, headers={"Idempotency-Key": KEY})
    assert again.json()["jobs"][0]["id"] == strange[0].json()["jobs"][0]["id"] != own[0].json()["jobs"][0]["id"]


def test_calls_without_a_key_count_each(ask):
    assert [ask(key=None).json()["credits_remaining"] for _ in range(2)] == [17, 14]


def test_call_under_another_key_is_another_call(ask):
    assert [ask(key=key).json()["credits_remaining"] for key in ("a", "b", "a")] == [17, 14, 14]
    assert jobs() == 2


def test_settings_with_the_same_meaning_are_the_same_call(ask):
    first = ask(settings={"output_quality": 80, "output_format": "ORIGINAL", "job_source": 9, "unknown": True})
    assert ask(settings={}).json() == {**first.json(), "warnings": []}


def test_order_of_fields_does_not_matter(client, ask, uploaded):
    first = ask(settings={"output_width": 9, "output_quality": 70})
    headers = {"X-Session-Token": uploaded["session_token"], "Idempotency-Key": KEY}
    body = {"settings": {"output_quality": 70, "output_width": 9}, "temp_file_ids": [uploaded["temp_file_id"]]}
    assert client.post("/auto", json=body, headers=headers).json() == first.json()


@pytest.mark.parametrize(
    ("path", "body"), [("/auto", {"settings": {"output_quality": 70}}), ("/compress", {}), ("/resize", {"width": 9})]
)
def test_a_key_stands_for_one_request_only(ask, path, body):
    ask()
    answer = ask(path, **body)
    assert answer.status_code == 422
    assert (
        answer.json()["detail"][0]["msg"]
        == "This Idempotency-Key was sent before with another request. Use a new key for a new request."
    )
    assert jobs() == 1


def test_other_files_are_another_request(client, ask, upload, uploaded):
    ask()
    other = upload(pictures.png(), token=uploaded["session_token"])
    headers = {"X-Session-Token": uploaded["session_token"], "Idempotency-Key": KEY}
    answer = client.post("/auto", json={"temp_file_ids": [other["temp_file_id"]]}, headers=headers)
    assert answer.status_code == 422


def test_key_may_be_used_by_another_guest(client, ask, upload):
    ask()
    mine = upload(pictures.png())
    headers = {"X-Session-Token": mine["session_token"], "Idempotency-Key": KEY}
    answer = client.post("/auto", json={"temp_file_ids": [mine["temp_file_id"]]}, headers=headers).json()
    assert (answer["jobs"][0]["temp_file_id"], answer["credits_remaining"]) == (mine["temp_file_id"], 17)


def test_the_answer_tells_how_far_its_jobs_have_come(ask, run_stages):
    job_id = ask().json()["jobs"][0]["id"]
    run_stages(job_id)
    again = ask().json()
    assert (again["jobs"][0]["id"], again["jobs"][0]["status"]) == (job_id, "completed")
    assert (again["credits_used"], again["credits_remaining"]) == (3, 17)


def test_the_answer_is_the_same_where_nothing_is_left_for_another_call(ask):
    first, *_ = [ask(key=str(number)).json() for number in range(6)]
    assert ask(key="new").status_code == 429
    assert ask(key="0").json()["jobs"] == first["jobs"]


def test_the_answer_is_the_same_after_the_upload_is_gone(ask, uploaded):
    first = ask()
    table.delete(table.key("FILE", uploaded["temp_file_id"]))
    assert ask().json() == first.json()
    assert ask(key="new").status_code == 404


def test_jobs_that_were_deleted_are_not_made_again(ask):
    table.delete(table.key("JOB", ask().json()["jobs"][0]["id"]))
    answer = ask()
    assert (answer.status_code, jobs()) == (410, 0)


def test_a_refusal_is_not_remembered(ask, monkeypatch):
    assert ask(settings={"output_width": 9000}).status_code == 422
    with monkeypatch.context() as costly:
        costly.setattr(submission, "cost_of", lambda *_: 21)
        assert ask().status_code == 429
    assert ask().json()["credits_remaining"] == 17


def test_a_key_is_remembered_for_a_day(ask, monkeypatch):
    def at(moment: datetime) -> str:
        monkeypatch.setattr(clock, "now", lambda: moment)
        return ask().json()["jobs"][0]["id"]

    day, second = timedelta(days=1), timedelta(seconds=1)
    first = at(NOON)
    assert at(NOON + day - second) == first
    later = at(NOON + day)
    assert later != first
    assert at(NOON + 2 * day - second) == later


def test_a_call_that_is_repeated_after_midnight_takes_nothing_of_the_new_day(ask, monkeypatch):
    midnight = NOON + timedelta(hours=12)
    monkeypatch.setattr(clock, "now", lambda: midnight - timedelta(seconds=1))
    first = ask().json()
    monkeypatch.setattr(clock, "now", lambda: midnight + timedelta(minutes=5))
    again = ask().json()
    assert again["jobs"] == first["jobs"]
    assert (first["credits_remaining"], again["credits_remaining"]) == (17, 20)


def test_concurrent_calls_are_carried_out_once_and_have_the_same_answer(ask, monkeypatch):
    """The other call is made between the moment when this one has looked and the moment when it writes."""
    write, between = repository.create_all, []

    def write_second(*args: object) -> None:
        if not between:
            between.append(None)
            between[0] = ask().json()
        write(*args)

    monkeypatch.setattr(repository, "create_all", write_second)
    answer = ask().json()
    assert answer == between[0]
    assert (jobs(), answer["credits_remaining"]) == (1, 17)


def test_the_second_of_two_calls_that_there_are_only_credits_for_once_has_the_answer(ask, monkeypatch):
    """The second call does not see the first one, but sees the credits that are left after it."""
    look, between = idempotency.lookup, []

    def look_early(*args: object) -> Lookup[list[str]]:
        if between:
            return look(*args)
        between.append(None)
        between[0] = ask().json()
        return Lookup([], lambda _: [])

    for number in range(5):
        ask(key=str(number))
    monkeypatch.setattr(idempotency, "lookup", look_early)
    answer = ask()
    assert (answer.status_code, answer.json()) == (200, between[0])


def test_a_call_whose_answer_was_lost_is_answered_when_it_is_repeated(ask, monkeypatch):
    """The call was written, but the service did not learn that."""
    write = repository.create_all

    def lose(*args: object) -> None:
        write(*args)
        raise Unavailable("Storage did not answer. Please try again.")

    with monkeypatch.context() as lossy:
        lossy.setattr(repository, "create_all", lose)
        assert ask().status_code == 503
    answer = ask().json()
    assert (jobs(), answer["credits_used"], answer["credits_remaining"]) == (1, 3, 17)


@pytest.mark.parametrize("key", [b"", b" ", b"a b", "é".encode(), b"x" * 256])
def test_a_key_is_up_to_255_visible_ascii_characters(ask, key):
    answer = ask(key=key)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["header", "idempotency-key"]


def test_keys_are_not_stored(ask):
    ask(key="my-own-key")
    assert not [item for item in table.scan(idempotency.KIND) if "my-own-key" in str(item)]
    assert len(list(table.scan(idempotency.KIND))) == 1


def test_websites_may_send_the_header(client):
    headers = {
        "Origin": "https://a.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "idempotency-key",
    }
    assert client.options("/auto", headers=headers).status_code == 200


def test_a_setting_that_a_later_release_adds_makes_no_other_request_of_what_was_sent_before(upload):
    class Later(ProcessingSettings):
        keep_thumbnails: bool = False

    uploaded = upload(pictures.png())
    guest = authentication.authenticate(uploaded["session_token"], None)
    first, again, other = (
        lambda options=options: submission.submit(guest, [uploaded["temp_file_id"]], options, "auto", KEY)
        for options in (ProcessingSettings(), Later(), Later(keep_thumbnails=True))
    )
    assert first().jobs == again().jobs
    with pytest.raises(InvalidRequest):
        other()
