"""A worker with two queues in this process, a recording state machine, and a double of upscaling."""

import json
import sys
from collections.abc import Callable, Iterator
from io import StringIO
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest
from moto import mock_aws

from gpu_container.worker.in_flight import InFlight
from gpu_container.worker.serving import WorkerContext
from gpu_container.worker.settings import WorkerSettings
from imgopt.storage import clients, queues, task_tokens
from imgopt.telemetry import logger
from imgopt.upscale.models import Device
from imgopt.upscale.runtime import Runtime

RESULT = {"key": "intermediate/1.png"}


def plan_of(job_id: str) -> dict[str, Any]:
    """The plan as the state machine requests it."""
    asked = {"network": True, "words": False}
    source = {"format": "png", "mime_type": "image/png", "width": 9, "height": 9}
    known = {"job_id": job_id, "owner": "guest", "attempt": 1, "source_key": "uploads/1", "queue_url": "queue"}
    return {**known, "source": source, "steps": ["upscale", "compress"], "options": {}, "asked": asked}


class World:
    """`awaited` are the tokens that the state machine waits for, `answers` the answers that it has received."""

    def __init__(self, folder: Path) -> None:
        self.urls = tuple(clients.sqs().create_queue(QueueName=name)["QueueUrl"] for name in ("small", "large"))
        self.context = WorkerContext(self.settings(folder), Runtime(Device.CPU), InFlight(), Event())
        self.events: SimpleQueue[int] = SimpleQueue()
        self.awaited: set[str] = set()
        self.answers: list[tuple[Any, ...]] = []
        self.carried_out: list[str] = []
        self.upscale = lambda plan: RESULT

    def settings(self, folder: Path) -> WorkerSettings:
        return WorkerSettings(
            queue_urls=self.urls,
            wait_seconds=0,
            beat_seconds=3600,
            grace_seconds=3600,
            IMGOPT_HEALTH_FILE=folder / "health",
        )

    def order(self, job_id: str = "1", queue: int = 0) -> None:
        self.awaited.add(f"token {job_id}")
        queues.send(self.urls[queue], {"token": f"token {job_id}", "plan": plan_of(job_id)})

    def visible(self, queue: int = 0) -> int:
        """The number of messages that can be received now."""
        return self._count(queue, "ApproximateNumberOfMessages")

    def left(self, queue: int = 0) -> int:
        return self.visible(queue) + self._count(queue, "ApproximateNumberOfMessagesNotVisible")

    def _count(self, queue: int, name: str) -> int:
        known = clients.sqs().get_queue_attributes(QueueUrl=self.urls[queue], AttributeNames=["All"])["Attributes"]
        return int(known[name])

    def carry_out(self, plan: Any, runtime: Runtime | None = None) -> Any:
        self.carried_out.append(plan.job_id)
        return self.upscale(plan)

    def succeed(self, token: str, result: Any) -> None:
        self._answer(token, result)

    def fail(self, token: str, error: str, cause: str) -> None:
        self._answer(token, error, json.loads(cause))

    def beat(self, token: str) -> bool:
        return token in self.awaited

    def _answer(self, token: str, *answer: Any) -> None:
        if token in self.awaited:
            self.answers.append((token, *answer))
        self.awaited.discard(token)


@pytest.fixture
def log(monkeypatch: pytest.MonkeyPatch) -> Callable[[], list[dict[str, Any]]]:
    """The log lines since the beginning of the test."""
    lines = StringIO()
    monkeypatch.setattr(logger.registered_handler, "stream", lines)
    return lambda: [json.loads(line) for line in lines.getvalue().splitlines()]


@pytest.fixture
def world(environment: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[World]:
    with mock_aws():
        world = World(tmp_path)
        monkeypatch.setitem(sys.modules, "imgopt.workflow.upscaling", SimpleNamespace(upscale_job=world.carry_out))
        for name in ("succeed", "fail", "beat"):
            monkeypatch.setattr(task_tokens, name, getattr(world, name))
        yield world
