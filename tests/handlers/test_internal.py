"""The HTTP twins of the schedules."""

import pytest

from imgopt.settings import Settings, settings
from imgopt.storage import clients, secrets
from tests import pictures

PATHS = ("/internal/cleanup", "/internal/refresh-daily-credits")
KEY, NEXT = "the-secret-of-the-scheduler-number-1", "the-secret-of-the-scheduler-number-2"
SECRET = {"X-CloudScheduler": KEY}
GUESSES = [{}, *({"X-CloudScheduler": guess.encode()} for guess in ("", "true", KEY[:-1], f"{KEY},{NEXT}", "é"))]


@pytest.fixture
def set_up(monkeypatch):
    monkeypatch.setenv("IMGOPT_SCHEDULER_SECRET", f"{KEY}, {NEXT}")
    settings.cache_clear()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", GUESSES)
def test_call_without_the_secret_is_refused(client, set_up, path, headers):
    answer = client.post(path, headers=headers)
    assert answer.status_code == 401
    assert "X-CloudScheduler" in answer.json()["detail"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", GUESSES)
def test_calls_are_not_set_up_without_a_configured_secret(client, path, headers):
    answer = client.post(path, headers=headers)
    assert (answer.status_code, answer.json()) == (
        501,
        {"detail": "Calls by a scheduler are not set up: IMGOPT_SCHEDULER_SECRET is not set."},
    )


def test_cleaning_up_says_what_it_did(client, set_up, upload, clock_at):
    upload(pictures.png())
    clock_at(days=2)
    answer = client.post("/internal/cleanup", headers=SECRET)
    assert answer.json() == {"deleted_jobs": 0, "deleted_files": 1, "errors": []}


def test_credits_are_refreshed(client, set_up):
    answer = client.post("/internal/refresh-daily-credits", headers=SECRET)
    assert answer.json() == {"success": True, "refreshed": 0}


def test_secrets_both_count_while_they_are_replaced(client, set_up):
    answers = [client.post(PATHS[0], headers={"X-CloudScheduler": secret}) for secret in (KEY, NEXT)]
    assert [answer.status_code for answer in answers] == [200, 200]


def test_a_secret_that_can_be_guessed_is_no_setting(monkeypatch):
    monkeypatch.setenv("IMGOPT_SCHEDULER_SECRET", "hunter2")
    with pytest.raises(ValueError, match="at least 32 characters"):
        Settings()


@pytest.fixture
def store(aws, monkeypatch):
    """Replaces the secret in Secrets Manager."""
    secrets.forget()
    arn = clients.secretsmanager().create_secret(Name="scheduler", SecretString=KEY)["ARN"]
    monkeypatch.setenv("IMGOPT_SCHEDULER_SECRET_ARN", arn)
    settings.cache_clear()
    return lambda secret: clients.secretsmanager().put_secret_value(SecretId=arn, SecretString=secret)


def test_the_secret_may_be_in_secrets_manager(client, store):
    assert client.post("/internal/cleanup", headers=SECRET).status_code == 200
    assert client.post("/internal/cleanup").status_code == 401


def test_secret_replaced_in_secrets_manager_counts_minutes_later(client, store, clock_at):
    assert client.post("/internal/cleanup", headers=SECRET).status_code == 200
    store(NEXT)
    clock_at(minutes=2)
    assert client.post("/internal/cleanup", headers={"X-CloudScheduler": NEXT}).status_code == 200
    assert client.post("/internal/cleanup", headers=SECRET).status_code == 401


def test_weak_secret_in_secrets_manager_counts_for_nothing(client, store):
    store("hunter2")
    assert client.post("/internal/cleanup", headers={"X-CloudScheduler": "hunter2"}).status_code == 401


def test_the_secret_is_not_logged(client, set_up, log_lines):
    client.post("/internal/cleanup", headers=SECRET)
    assert log_lines()
    assert KEY not in str(log_lines())
