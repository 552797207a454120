"""`python -m benchmarks.chaos.faults` checks that work continues while AWS returns errors, loses answers or is down.

Clients repeat requests that are answered with 503 after `Retry-After`, with idempotency keys. These conditions have to
hold: no answer is 500, every job ends, completed jobs can be downloaded, and the charged credits are correct.
"""

import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from uuid import uuid4

import httpx2

from benchmarks.chaos.detour import Detour, Weather, detour
from local.cloud import running
from local.demo_limits import raise_limits
from local.private_files import ROOT
from local.processes import free_port
from tests import pictures

HEAD = "| scenario | jobs completed | longest, s | what was wrong |\n|---|---|---|---|"
GUESTS, CALLS = 6, 2
COST = 3
MOST_TRIES, END_SECONDS, DOWN_SECONDS = 60, 240, 20
ALL = ("dynamodb", "s3", "states", "sqs")
ENDED = ("completed", "failed", "expired")


def rate(share: float) -> Weather:
    return Weather(dict.fromkeys(ALL, share), lost=0.3)


SCENARIOS: dict[str, tuple[Weather, float]] = {
    "10 % faults": (rate(0.1), 0),
    "40 % faults": (rate(0.4), 0),
    "20 % answers lost": (Weather(dict.fromkeys(ALL, 0.2), lost=1), 0),
    "table down": (Weather(down=frozenset({"dynamodb"})), DOWN_SECONDS),
    "files down": (Weather(down=frozenset({"s3"})), DOWN_SECONDS),
}


@dataclass
class Row:
    """The result of a scenario. `problems` is empty if all conditions hold."""

    name: str
    completed: int = 0
    failed: int = 0
    problems: list[str] = field(default_factory=list)
    longest: float = 0
    statuses: Counter[int] = field(default_factory=Counter)
    faults: int = 0

    def expect(self, holds: object, problem: str) -> None:
        if not holds:
            self.problems.append(problem)

    def __str__(self) -> str:
        return f"| {self.name} | {self.completed} | {self.longest:.0f} | {'; '.join(self.problems) or 'nothing'} |"

    @property
    def seen(self) -> str:
        answers = ", ".join(f"{number} x {status}" for status, number in sorted(self.statuses.items()))
        return f"{self.name}: {self.faults} faults, {self.failed} jobs failed, answers {answers}"


def measure() -> list[Row]:
    """Runs all scenarios on one service, each with its own work."""
    raise_limits()
    (ROOT / ".local").mkdir(exist_ok=True)
    with (
        TemporaryDirectory(prefix="chaos-", dir=ROOT / ".local") as folder,
        detour() as way,
        running(Path(folder), port=free_port(), keep=False, say=lambda text: None) as cloud,
    ):
        return [run(name, cloud.url, way, *SCENARIOS[name]) for name in SCENARIOS]


def run(name: str, url: str, way: Detour, weather: Weather, seconds: float) -> Row:
    """Runs a scenario with jobs. Faults last for `seconds`, or as long as clients send requests if that is 0."""
    row = Row(name)
    guests = [Guest(url, row) for _ in range(GUESTS)]
    with ThreadPoolExecutor(GUESTS) as pool:
        list(pool.map(Guest.begin, guests))
        with way.during(weather):
            working = [pool.submit(guest.work) for guest in guests]
            wait(working, seconds or None)
            time.sleep(seconds if all(each.done() for each in working) else 0)
        for each in working:
            each.result()
        row.faults = weather.seen.total()
        list(pool.map(Guest.look, guests))
    row.expect(row.completed, "no job was completed")
    row.expect(not any(status >= 500 and status != 503 for status in row.statuses), "a client saw an error of ours")
    print(row, flush=True)
    print(row.seen, file=sys.stderr, flush=True)
    return row


class Guest:
    """A client that repeats its requests."""

    def __init__(self, url: str, row: Row) -> None:
        self.client = httpx2.Client(base_url=url, timeout=60, trust_env=False)
        self.row, self.since = row, time.monotonic()
        self.jobs: list[str] = []
        self.headers: dict[str, str] = {}

    def begin(self) -> None:
        uploaded = self.ask("POST", "/upload", files={"file": ("a.jpg", pictures.jpeg())}).json()
        self.headers = {"X-Session-Token": uploaded["session_token"]}
        self.submit(uploaded["temp_file_id"])

    def work(self) -> None:
        for _ in range(CALLS):
            files = {"file": ("a.jpg", pictures.jpeg())}
            self.submit(self.ask("POST", "/upload", files=files).json()["temp_file_id"])

    def submit(self, upload_id: str) -> None:
        body, key = {"temp_file_ids": [upload_id]}, {"Idempotency-Key": uuid4().hex}
        self.jobs += [job["id"] for job in self.ask("POST", "/auto", json=body, more=key).json()["jobs"]]

    def ask(self, method: str, path: str, more: dict[str, str] | None = None, **content: Any) -> httpx2.Response:
        """Repeats a request until the answer is not 503."""
        for _ in range(MOST_TRIES):
            answer = self.client.request(method, path, headers={**self.headers, **(more or {})}, **content)
            self.row.statuses[answer.status_code] += 1
            if answer.status_code != 503:
                return answer.raise_for_status()
            self.row.expect("retry-after" in answer.headers, "503 did not say when to come back")
            time.sleep(int(answer.headers.get("retry-after", 1)))
        raise TimeoutError(f"{method} {path} was never answered")

    def look(self) -> None:
        """Checks the jobs after the faults have ended."""
        ends = Counter(map(self.wait_for_end, self.jobs))
        self.row.longest = max(self.row.longest, time.monotonic() - self.since)
        self.row.completed += ends["completed"]
        self.row.failed += ends["failed"]
        self.row.expect(ends.total() == ends["completed"] + ends["failed"], f"jobs that did not end: {dict(ends)}")
        used = self.ask("GET", "/usage/summary").json()["credits_used"]
        due = COST * ends["completed"]
        self.row.expect(used == due, f"{used} credits were charged for work of {due}")

    def wait_for_end(self, job_id: str) -> str:
        until, status = time.monotonic() + END_SECONDS, "unknown"
        while time.monotonic() < until and status not in ENDED:
            status = self.ask("GET", f"/status/{job_id}").json()["job"]["status"]
            time.sleep(0.5)
        if status == "completed":
            taken = self.ask("GET", f"/download/{job_id}")
            self.row.expect(taken.content, "an empty download")
        return status


def main() -> int:
    print(HEAD, flush=True)
    return int(any(row.problems for row in measure()))


if __name__ == "__main__":
    sys.exit(main())
