"""Processes that start a new interpreter in production are forked here, which takes milliseconds."""

from pathlib import Path

import pytest

from imgopt.sandbox import forking, spawning
from imgopt.sandbox.budget import Budget
from imgopt.sandbox.spawning import ChildLimits, Parameter

# These are about limits of a process, and what others survive of it.
APART = ("test_apart.py", "test_bombs.py")


def call_forked(target: str, data: bytes, limits: ChildLimits, refusal: str, /, **parameters: Parameter) -> bytes:
    budget = Budget(limits.seconds, limits.memory_bytes)
    return forking.call_forked(target, data, budget, limits.seconds, refusal, **parameters)


@pytest.fixture(autouse=True)
def forked_readers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if Path(request.path).name not in APART:
        for name in ("call_spawned", "call_sandboxed"):
            monkeypatch.setattr(spawning, name, call_forked)
