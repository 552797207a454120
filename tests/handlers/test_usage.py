from datetime import UTC, datetime, timedelta

import pytest

from imgopt import authentication, clock
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.jobs import repository
from tests import pictures

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY, TICK = timedelta(days=1), timedelta(microseconds=1)
FREE = Principal("user-1", Tier.FREE, Credential.JWT)
STARTER = Principal("user-2", Tier.STARTER, Credential.JWT, period_start=NOON - 3 * DAY, period_end=NOON + 27 * DAY)


@pytest.fixture
def at(monkeypatch):
    return lambda moment: monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def ask(client, upload):
    """Asks for jobs on so many files; returns their ids."""

    def send(files: int = 1, **settings: object) -> list[str]:
        ids = [upload(pictures.png())["temp_file_id"] for _ in range(files)]
        answer = client.post("/auto", json={"temp_file_ids": ids, "settings": settings}).raise_for_status()
        return [job["id"] for job in answer.json()["jobs"]]

    return send


@pytest.fixture
def as_user(monkeypatch):
    """Who it is that asks from here on."""

    def sign_in(user: Principal) -> None:
        monkeypatch.setattr(authentication, "authenticate", lambda *_: user)

    return sign_in


def history(client, days: int) -> list[tuple[str, int, int]]:
    """Date, jobs and credits of each day."""
    daily = client.get(f"/usage/history?days={days}").json()["daily"]
    return [(day["date"], day["jobs"], day["credits"]) for day in daily]


def test_every_day_is_there_the_oldest_first(client, as_user, ask, at):
    as_user(FREE)
    at(NOON - 3 * DAY)
    ask()
    at(NOON)
    ask(files=2, output_width=9)
    ask()
    assert history(client, 5) == [
        ("2026-02-25", 0, 0),
        ("2026-02-26", 1, 3),
        ("2026-02-27", 0, 0),
        ("2026-02-28", 0, 0),
        ("2026-03-01", 3, 11),
    ]


@pytest.mark.parametrize("days", [1, 90])
def test_history_has_as_many_days_as_requested(client, as_user, days):
    as_user(FREE)
    answer = client.get(f"/usage/history?days={days}").json()
    assert (answer["days"], len(answer["daily"])) == (days, days)


def test_a_month_is_shown_unless_another_number_is_asked_for(client, as_user):
    as_user(FREE)
    assert len(client.get("/usage/history").json()["daily"]) == 30


@pytest.mark.parametrize("days", [0, 91, "x"])
def test_no_other_number_of_days_is_taken(client, as_user, days):
    as_user(FREE)
    assert client.get(f"/usage/history?days={days}").status_code == 422


def test_totals_are_of_the_days_that_are_shown(client, as_user, ask, at):
    as_user(FREE)
    at(NOON - DAY)
    ask()
    at(NOON)
    ask(files=2)
    for days, jobs, spent in ((1, 2, 6), (2, 3, 9)):
        answer = client.get(f"/usage/history?days={days}").json()
        assert (answer["total_jobs"], answer["total_credits"]) == (jobs, spent)


def test_a_day_ends_at_midnight_utc(client, as_user, ask, at):
    as_user(FREE)
    at(NOON + DAY / 2 - TICK)
    ask()
    at(NOON + DAY / 2)
    ask()
    assert history(client, 2) == [("2026-03-01", 1, 3), ("2026-03-02", 1, 3)]


def test_a_job_that_failed_costs_nothing_on_the_day_on_which_it_was_asked_for(client, as_user, ask, at):
    as_user(FREE)
    at(NOON)
    first, _ = ask(files=2)
    at(NOON + DAY)
    repository.mark_failed(first, clock.now(), "Failed.")
    assert history(client, 2) == [("2026-03-01", 2, 3), ("2026-03-02", 0, 0)]
    day = client.get("/usage/history?days=2").json()["daily"][0]
    assert (day["failed_jobs"], day["original_bytes"]) == (1, 2 * len(pictures.png()))


def test_usage_of_others_is_not_shown(client, as_user, ask):
    as_user(FREE)
    ask()
    as_user(STARTER)
    assert client.get("/usage/history").json()["total_jobs"] == 0


def test_a_refused_call_is_no_usage(client, as_user, upload):
    as_user(FREE)
    ids = [upload(pictures.png())["temp_file_id"] for _ in range(17)]
    assert client.post("/auto", json={"temp_file_ids": ids}).status_code == 429
    assert client.get("/usage/history").json()["total_jobs"] == 0


def test_the_summary_is_of_the_period_that_pays(client, as_user, ask, at):
    at(NOON)
    as_user(STARTER)
    ask(files=2)
    assert client.get("/usage/summary").json() == {
        "tier": "starter",
        "credits_limit": 1000,
        "credits_remaining": 994,
        "credits_used": 6,
        "credits_reset_at": "2026-03-28T12:00:00+00:00",
        "subscription": None,
    }


def test_guests_have_a_summary_and_no_history(client, upload):
    headers = {"X-Session-Token": upload(pictures.png())["session_token"]}
    summary = client.get("/usage/summary", headers=headers).json()
    assert (summary["tier"], summary["credits_limit"], summary["credits_used"]) == ("unregistered", 20, 0)
    assert client.get("/usage/history", headers=headers).status_code == 401


@pytest.mark.parametrize("path", ["/usage/history", "/usage/summary"])
@pytest.mark.parametrize("headers", [{}, {"X-Session-Token": "invented"}, {"Authorization": "Bearer invented"}])
def test_unknown_client_is_refused(client, path, headers):
    answer = client.get(path, headers=headers)
    assert (answer.status_code, list(answer.json())) == (401, ["detail"])
