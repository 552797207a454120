"""The scenarios by name. Each returns its outcome."""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from benchmarks.chaos.work import COSTS, Outcome, Website, Work, begin, picture, verify
from benchmarks.chaos.world import World
from local.private_files import ROOT

MOMENTS = (0.0, 0.7, 2.0)  # seconds after all requests were answered
DISK_MB, LEFT_MB = 160, 8
Scenario = Callable[[Website], Outcome]


@contextmanager
def folder() -> Iterator[Path]:
    (ROOT / ".local").mkdir(exist_ok=True)
    made = Path(tempfile.mkdtemp(prefix="demo-chaos-", dir=ROOT / ".local"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def start_stop_start(website: Website) -> Outcome:
    """The service is stopped properly while work is running, and started on other ports."""
    outcome = Outcome()
    with folder() as place, World(place) as world:
        work = begin(world, website)
        began = time.monotonic()
        world.restart()
        outcome.expect(time.monotonic() - began < 60, "stopping and starting took more than a minute")
        work.look(world, outcome)
        look_at_credits(world, [work], outcome)
    return outcome


def killed(name: str, moments: Sequence[float] = MOMENTS) -> Scenario:
    def scenario(website: Website) -> Outcome:
        """The process is killed with SIGKILL several times, each time with new running work."""
        outcome, works = Outcome(), []
        with folder() as place, World(place) as world:
            for moment in moments:
                works.append(begin(world, website))
                time.sleep(moment)
                world.kill(name)
                world.wait()
            for work in works:
                work.look(world, outcome)
            look_at_credits(world, works, outcome)
        return outcome

    return scenario


def look_at_credits(world: World, works: list[Work], outcome: Outcome) -> None:
    for work in works:
        charged, due = work.credits_used(world.client), 0
        for name, job_id in work.jobs.items():
            job = world.client.get(f"/status/{job_id}").json()["job"]
            due += COSTS[name] if job["status"] == "completed" else 0
        outcome.expect(charged == due, f"{charged} credits were charged for work of {due}")


def full_disk(website: Website) -> Outcome:
    """With a full disk nothing is charged, and unstored data are not confirmed. Work continues when space is free."""
    outcome = Outcome()
    with small_disk() as place, World(place / "up") as world:
        work = begin(world, website)
        work.look(world, outcome)
        ballast = fill(place)
        before = work.credits_used(world.client)
        refused = world.client.post("/upload", files={"file": picture((64, 48))}, headers=work.headers)
        outcome.expect(refused.status_code in (503, 507), f"an upload was answered by {refused.status_code}")
        ready = world.client.get("/readiness").status_code
        outcome.expect(ready == 503, f"/readiness was {ready}")
        outcome.expect(verify(world.client, work.key) == 200, "an API key can't be read")
        outcome.expect(work.credits_used(world.client) == before, "something was charged")
        ballast.unlink()
        outcome.expect(world.client.get("/readiness").status_code == 200, "not ready when there was room again")
        again = begin(world, website)
        again.look(world, outcome)
        look_at_credits(world, [work, again], outcome)
    return outcome


@contextmanager
def small_disk() -> Iterator[Path]:
    """A small disk that is mounted. Raises PermissionError if the user may not mount."""
    if os.geteuid() != 0:
        raise PermissionError("mounting a small disk takes root")
    with folder() as place:
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK_MB}m", "tmpfs", str(place)], check=True)
        try:
            yield place
        finally:
            subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill(place: Path) -> Path:
    ballast = place / "ballast"
    size = shutil.disk_usage(place).free - LEFT_MB * 1024 * 1024
    with ballast.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, size)
    return ballast


SCENARIOS: dict[str, Scenario] = {
    "start-stop-start": start_stop_start,
    "kill-emulator": killed("emulator"),
    "kill-worker": killed("worker"),
    "kill-server": killed("server"),
    "kill-stage": killed("stage", MOMENTS[1:]),  # the third death of a job fails it
    "full-disk": full_disk,
}
