"""Callbacks: signed, repeated after pauses, and settled once."""

import hashlib
import hmac
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from imgopt import clock
from imgopt.callbacks import owner_secrets, service, signing
from imgopt.errors import Unfetchable
from imgopt.imaging.options import ProcessingSettings
from imgopt.jobs.callback import Callback, CallbackStatus
from imgopt.jobs.model import JobStatus
from imgopt.settings import settings
from tests.unit.test_job import job

URL = "https://shop.example/hook"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setenv("IMGOPT_SIGNING_SECRET", "installation secret")
    monkeypatch.setattr(clock, "now", lambda: NOW)
    settings.cache_clear()
    yield World(monkeypatch)
    settings.cache_clear()


class World:
    """One job, a server that answers as it is told, and what was sent, queued and noted."""

    def __init__(self, monkeypatch) -> None:
        self.job = replace(job(JobStatus.COMPLETED), options=ProcessingSettings(callback_url=URL))
        self.answer: int | Unfetchable = 200
        self.sent: list[tuple[str, bytes, dict]] = []
        self.queued: list[tuple[int, int]] = []
        monkeypatch.setattr("imgopt.jobs.repository.find_all", lambda ids: [self.job])
        monkeypatch.setattr("imgopt.jobs.repository.note_callback", self.note)
        monkeypatch.setattr("imgopt.callbacks.service.post", self.post)
        monkeypatch.setattr("imgopt.callbacks.queue.send_later", self.put)
        self.change = owner_secrets.SecretVersion()
        monkeypatch.setattr("imgopt.callbacks.owner_secrets.find", lambda _: self.change)

    def post(self, url, body, headers, seconds) -> int:
        self.sent.append((url, body, headers))
        if isinstance(self.answer, Unfetchable):
            raise self.answer
        return self.answer

    def put(self, _, *, attempt, pause) -> None:
        self.queued.append((attempt, pause))

    def note(self, _, callback) -> None:
        self.job = replace(self.job, callback=callback)


def test_a_server_is_told_what_a_stream_would_tell(world):
    service.deliver("1", 1)
    ((url, body, headers),) = world.sent
    answer = json.loads(body)
    assert (url, headers["Content-Type"], headers["Imgopt-Delivery"]) == (URL, "application/json", "1")
    assert (answer["job_id"], answer["status"], answer["error"]) == ("1", "completed", None)
    assert world.job.callback == Callback(CallbackStatus.DELIVERED, 1, 200)
    assert world.queued == []


def test_a_callback_can_be_checked_by_its_signature(world):
    service.deliver("1", 1)
    ((_, body, headers),) = world.sent
    stamp, signature = (part.split("=")[1] for part in headers["Imgopt-Signature"].split(","))
    assert int(stamp) == NOW.timestamp()
    key = signing.derive_secrets("guest")[0]
    assert signature == hmac.new(key.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()


@pytest.mark.parametrize(("hours", "numbers"), [(0, [2, 1]), (23, [2, 1]), (24, [2]), (240, [2])])
def test_previous_key_signs_too_for_a_day_after_a_change(world, hours, numbers):
    world.change = owner_secrets.SecretVersion(2, NOW - timedelta(hours=hours))
    service.deliver("1", 1)
    ((_, body, headers),) = world.sent
    stamp, *signatures = (part.split("=")[1] for part in headers["Imgopt-Signature"].split(","))
    by = [signing.derive_secrets("guest", number)[0].encode() for number in numbers]
    assert signatures == [hmac.new(key, f"{stamp}.".encode() + body, hashlib.sha256).hexdigest() for key in by]


def test_previous_service_secret_signs_too_while_it_is_replaced(world, monkeypatch):
    (before,) = signing.derive_secrets("guest")
    monkeypatch.setenv("IMGOPT_SIGNING_SECRET", "another secret\ninstallation secret")
    settings.cache_clear()
    now, old = signing.derive_secrets("guest")
    assert (owner_secrets.secret_of("guest"), old) == (now, before)
    service.deliver("1", 1)
    assert world.sent[0][2]["Imgopt-Signature"].count("v1=") == 2


def test_owners_have_keys_of_their_own(world):
    assert signing.derive_secrets("a")[0] == signing.derive_secrets("a")[0] != signing.derive_secrets("b")[0]


@pytest.mark.parametrize("answer", [500, 404, 302, Unfetchable("It took too long.", passes=True)])
def test_failed_delivery_is_retried_later(world, answer):
    world.answer = answer
    service.deliver("1", 1)
    assert world.queued == [(2, 10)]
    assert (world.job.callback.status, world.job.callback.attempts) == (CallbackStatus.PENDING, 1)
    assert (world.job.callback.error is None) == isinstance(answer, int)


def test_pauses_grow_and_end(world):
    world.answer = 503
    for attempt in range(1, 7):
        service.deliver("1", attempt)
    assert world.queued == [(2, 10), (3, 60), (4, 300), (5, 900), (6, 900)]
    assert world.job.callback == Callback(CallbackStatus.FAILED, 6, 503)


def test_a_server_that_says_gone_is_left_alone(world):
    world.answer = 410
    service.deliver("1", 1)
    assert (world.job.callback.status, world.queued) == (CallbackStatus.FAILED, [])


def test_a_url_that_is_refused_is_not_tried_again(world):
    world.answer = Unfetchable("The URL must begin with https://.")
    service.deliver("1", 1)
    assert (world.job.callback.status, world.job.callback.error) == (CallbackStatus.FAILED, str(world.answer))
    assert world.queued == []


@pytest.mark.parametrize("status", [CallbackStatus.DELIVERED, CallbackStatus.FAILED])
def test_a_message_that_comes_twice_changes_nothing(world, status):
    world.job = replace(world.job, callback=Callback(status, 1, 200))
    service.deliver("1", 1)
    assert (world.sent, world.queued) == ([], [])


def test_unfinished_job_is_not_announced(world):
    world.job = replace(world.job, status=JobStatus.PROCESSING)
    service.deliver("1", 1)
    assert world.sent == []
