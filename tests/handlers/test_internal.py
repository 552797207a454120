"""The HTTP twins of the schedules."""

import pytest

from imgopt.settings import settings
from imgopt.storage import clients, secrets
from tests import pictures

PATHS = ("/internal/cleanup", "/internal/refresh-daily-credits")
SECRET = {"X-CloudScheduler": "the secret"}
GUESSES = [{}, *({"X-CloudScheduler": guess.encode()} for guess in ("", "true", "the secre", "é"))]


@pytest.fixture
def set_up(monkeypatch):
    monkeypatch.setenv("IMGOPT_SCHEDULER_SECRET", "the secret")
    settings.cache_clear()


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", GUESSES)
def test_who_does_not_know_the_secret_is_refused(client, set_up, path, headers):
    answer = client.post(path, headers=headers)
    assert answer.status_code == 401
    assert "X-CloudScheduler" in answer.json()["detail"]


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("headers", GUESSES)
def test_without_a_secret_nobody_is_let_in(client, path, headers):
    answer = client.post(path, headers=headers)
    assert (answer.status_code, answer.json()) == (501, {"detail": "Calls of a scheduler are not set up."})


def test_cleaning_up_says_what_it_did(client, set_up, upload, clock_at):
    upload(pictures.png())
    clock_at(days=2)
    answer = client.post("/internal/cleanup", headers=SECRET)
    assert answer.json() == {"deleted_jobs": 0, "deleted_files": 1, "errors": []}


def test_credits_are_refreshed(client, set_up):
    answer = client.post("/internal/refresh-daily-credits", headers=SECRET)
    assert answer.json() == {"success": True, "refreshed": 0}


def test_the_secret_may_be_in_secrets_manager(client, monkeypatch):
    secrets.read.cache_clear()
    arn = clients.secretsmanager().create_secret(Name="scheduler", SecretString="the secret")["ARN"]
    monkeypatch.setenv("IMGOPT_SCHEDULER_SECRET_ARN", arn)
    settings.cache_clear()
    assert client.post("/internal/cleanup", headers=SECRET).status_code == 200
    assert client.post("/internal/cleanup").status_code == 401


def test_the_secret_is_not_logged(client, set_up, log_lines):
    client.post("/internal/cleanup", headers=SECRET)
    assert log_lines()
    assert "the secret" not in str(log_lines())
