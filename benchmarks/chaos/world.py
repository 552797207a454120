"""A service with its supervisor, as in `make up`. It can be stopped, restarted and damaged."""

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Self

import httpx2

from local.cloud import Cloud, running
from local.processes import Child, free_port

CHECK_SECONDS, START_SECONDS = 0.25, 60
# The arguments of a stage's process have the handler's name.
STAGE = "functions.stages."


class World:
    """The service. `said` has the supervisor's messages."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        self.cloud: Cloud = self.stack.enter_context(
            running(self.folder, port=free_port(), keep=True, say=lambda text: None)
        )
        self.client = self.stack.enter_context(httpx2.Client(base_url=self.cloud.url, timeout=90, trust_env=False))
        self.stack.enter_context(self.watching())
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    def restart(self) -> None:
        """Stops everything properly, and starts it on other ports."""
        self.stack.close()
        self.__enter__()

    @contextmanager
    def watching(self) -> Iterator[None]:
        ended, supervisor = threading.Event(), self.cloud.supervisor(self.said.append)

        def watch() -> None:
            while not ended.wait(CHECK_SECONDS):
                supervisor.check()

        watcher = threading.Thread(target=watch)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()

    def kill(self, name: str) -> None:
        if name == "stage":
            for pid in processes_with(STAGE, self.cloud.emulator.process.pid):
                os.kill(pid, signal.SIGKILL)
        else:
            child: Child = getattr(self.cloud, name)
            os.kill(child.process.pid, signal.SIGKILL)

    def wait(self) -> None:
        """Waits until the service answers again."""
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                if self.client.get("/readiness").status_code == 200:
                    return
            except httpx2.HTTPError:
                time.sleep(CHECK_SECONDS)
        raise TimeoutError(f"the service did not answer within {START_SECONDS} seconds")

    def schedules(self) -> list[str]:
        found = self.cloud.session.client("scheduler").list_schedules()["Schedules"]
        return sorted(each["Name"] for each in found if each["State"] == "ENABLED")


def processes_with(word: str, parent: int) -> list[int]:
    """The processes that a process has started. Their command lines are read, since some hide their environment."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            _, started_by, *_ = (process / "stat").read_text().rpartition(")")[2].split()
            if int(started_by) == parent and word in (process / "cmdline").read_text(errors="replace"):
                found.append(int(process.name))
        except OSError:
            continue
    return found
