import itertools
from pathlib import Path
from types import SimpleNamespace

import pytest

from local.supervision import RESTART_PAUSES, STEADY_SECONDS, Supervisor, Watched


class Process(SimpleNamespace):
    """Ends when it is told to, and counts how often it was started again."""

    def __init__(self, name: str) -> None:
        super().__init__(name=name, up=True, starts=0, stays=True, log=Path("/logs") / name)

    def is_up(self) -> bool:
        return self.up

    def restart(self) -> None:
        self.starts, self.up = self.starts + 1, self.stays

    def describe_end(self) -> str:
        return "was killed by SIGKILL"


class Scene:
    def __init__(self) -> None:
        self.now, self.said = 0.0, []
        self.emulator, self.worker = Process("emulator"), Process("worker")
        watched = [Watched(self.emulator), Watched(self.worker, without="larger images")]
        self.supervisor = Supervisor(watched, self.said.append, lambda: self.now)

    def wait(self, seconds: float) -> None:
        """Waits with a check now and then, as `make up` does."""
        until = self.now + seconds
        while self.now < until:
            self.now += 0.25
            self.supervisor.check()


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_a_process_that_ended_is_started_again_and_no_other(scene):
    scene.worker.up = False
    scene.supervisor.check()
    assert scene.worker.starts == 0
    scene.wait(RESTART_PAUSES[0] + 1)
    assert (scene.worker.starts, scene.emulator.starts, scene.worker.up) == (1, 0, True)
    assert scene.said == [f"worker was killed by SIGKILL; it will be restarted in {RESTART_PAUSES[0]} s"]


def test_pauses_grow(scene):
    scene.worker.up = scene.worker.stays = False
    moments = []
    while not moments or len(moments) < len(RESTART_PAUSES):
        before = scene.worker.starts
        scene.wait(0.25)
        if scene.worker.starts > before:
            moments.append(scene.now)
    waits = [later - earlier for earlier, later in itertools.pairwise(moments)]
    assert waits == sorted(waits)
    assert waits[-1] >= RESTART_PAUSES[-1]


def test_required_process_that_does_not_stay_up_ends_the_run_with_a_sentence(scene):
    scene.emulator.up = scene.emulator.stays = False
    with pytest.raises(RuntimeError, match=r"emulator .* restarted 7 times .* its log is /logs/emulator$"):
        scene.wait(sum(RESTART_PAUSES) + 10)
    assert (scene.emulator.starts, scene.worker.up) == (len(RESTART_PAUSES), True)


def test_optional_process_is_given_up_once_and_the_others_go_on(scene):
    scene.worker.up = scene.worker.stays = False
    scene.wait(3 * sum(RESTART_PAUSES))
    assert scene.worker.starts == len(RESTART_PAUSES)
    given_up = [line for line in scene.said if "everything else works, without larger images" in line]
    assert len(given_up) == 1
    scene.emulator.up = False
    scene.wait(RESTART_PAUSES[0] + 1)
    assert scene.emulator.starts == 1


def test_process_that_was_up_for_long_has_all_retries_again(scene):
    for _ in range(3 * len(RESTART_PAUSES)):
        scene.emulator.up = False
        scene.wait(RESTART_PAUSES[0] + 1)
        assert scene.emulator.up
        scene.wait(STEADY_SECONDS + 1)
    assert scene.emulator.starts == 3 * len(RESTART_PAUSES)


def test_ended_processes_do_not_wait_for_each_other(scene):
    scene.emulator.up = scene.worker.up = False
    scene.wait(RESTART_PAUSES[0] + 1)
    assert (scene.emulator.starts, scene.worker.starts) == (1, 1)
