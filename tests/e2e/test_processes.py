"""Starting and stopping: no process remains."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
import pytest

from local.cloud import ROOT, Cloud, running
from local.connection import find
from local.processes import Child, free_port, only_one
from tests import pictures
from tests.e2e.conftest import connect, wait_for_end, wait_until

SMALL = pictures.png()
# `make up`, the emulator, the worker, the server, a process for each of the first stages, and one that forks.
LEAST_PROCESSES = 1 + 3 + 4


def processes() -> dict[int, tuple[str, int]]:
    """State and parent of all processes, by number: what those that hide tell, too (proc_pid_stat(5))."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            state, parent, *_ = (process / "stat").read_text().rpartition(")")[2].split()
            found[int(process.name)] = (state, int(parent))
    return found


def all_below(*roots: int) -> set[int]:
    """Returns these processes and all their descendants."""
    parents, found = {number: parent for number, (_, parent) in processes().items()}, set(roots)
    while more := {number for number, parent in parents.items() if parent in found} - found:
        found |= more
    return found


def roots_of(cloud: Cloud) -> list[int]:
    return [child.process.pid for child in (cloud.emulator, cloud.worker, cloud.server)]


def left_of(numbers: set[int]) -> set[int]:
    return {number for number, (state, _) in processes().items() if number in numbers and state != "Z"}


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@contextmanager
def serving(folder: Path) -> Iterator[tuple[Cloud, httpx2.Client]]:
    with (
        running(folder, port=free_port(), keep=True, say=lambda text: None) as cloud,
        connect(cloud.url) as client,
    ):
        yield cloud, client


def upload(client: httpx2.Client, data: bytes = SMALL) -> tuple[dict, dict]:
    """Returns the body and the headers of a request to process an upload."""
    uploaded = client.post("/upload", files={"file": data}).json()
    return {"temp_file_ids": [uploaded["temp_file_id"]]}, {"X-Session-Token": uploaded["session_token"]}


def run_job(client: httpx2.Client, asked: dict, headers: dict) -> dict:
    job = client.post("/auto", json=asked, headers=headers).json()["jobs"][0]
    return wait_for_end(client, job["id"])


@needs_proc
def test_work_goes_on_after_the_emulator_was_killed(tmp_path):
    """Whatever was answered is there. All that the emulator had started ends with it, and all ends with the cloud."""
    with serving(tmp_path) as (cloud, client):
        wait_for_stages(*roots_of(cloud))
        asked, headers = upload(client)
        first = run_job(client, asked, headers)
        before = client.get(f"/download/{first['id']}").content
        later = client.post("/auto", json=asked, headers=headers).json()["jobs"][0]
        begun = all_below(cloud.emulator.process.pid)
        cloud.emulator.process.kill()
        cloud.emulator.process.wait()
        with pytest.raises(RuntimeError, match="emulator was killed by SIGKILL"):
            cloud.check()
        supervisor = cloud.supervisor(say=lambda text: None)
        wait_until(lambda: supervisor.check() or supervisor.restarted)
        wait_until(lambda: not left_of(begun))
        assert client.get(f"/download/{first['id']}").content == before
        cloud.session.look_after_jobs()
        assert wait_for_end(client, later["id"])["status"] == "completed"
        assert run_job(client, asked, headers)["status"] == "completed"
        assert supervisor.restarted == ["emulator"]
        begun = all_below(*roots_of(cloud))
        cloud.emulator.process.kill()
    wait_until(lambda: not left_of(begun))  # what the emulator had started ends by itself


@needs_proc
def test_make_up_serves_until_a_signal_and_goes_on_at_other_ports_until_it_is_killed(tmp_path, website, monkeypatch):
    """Queues, callbacks and signed links still lead somewhere. Either end is that of all processes.

    tests/unit/test_local_processes.py tests each signal.
    """
    monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", website.host)
    process, client = start_up(tmp_path)
    with client:
        asked, headers = upload(client)
        first = run_job(client, asked, headers)
        begun, endpoint = all_below(process.pid), find(tmp_path).access.endpoint
        before = client.get(f"/download/{first['id']}").content
        under_way = client.post("/auto", json=asked, headers=headers).json()["jobs"][0]
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert "stopped" in process.stderr.read()
        with pytest.raises(httpx2.ConnectError):
            client.get("/health")
    assert len(begun) >= LEAST_PROCESSES
    assert not left_of(begun)

    process, client = start_up(tmp_path)
    with client:
        wait_for_stages(process.pid)
        begun = all_below(process.pid)
        assert find(tmp_path).access.endpoint != endpoint
        assert client.get(f"/download/{first['id']}").content == before
        assert wait_for_end(client, under_way["id"])["status"] == "completed"
        upscale = {"output_upscale_factor": 2, "callback_url": f"http://{website.host}/ended"}
        job = run_job(client, {**asked, "settings": upscale}, headers)
        assert (job["status"], job["processed_width"]) == ("completed", 96)
        wait_until(lambda: any(job["id"].encode() in body for _, body in website.received))
        link = client.get(f"/download/{job['id']}/url").json()["url"]
        assert client.get(link).status_code == 200
    process.kill()
    process.wait()
    wait_until(lambda: not left_of(begun))


def start_up(folder: Path) -> tuple[subprocess.Popen, httpx2.Client]:
    """Returns `make up` at a free port, once it serves, and its client."""
    port = str(free_port())
    process = subprocess.Popen(
        [sys.executable, "-m", "local.up"],
        cwd=ROOT,
        env={**os.environ, "PORT": port, "IMGOPT_LOCAL_FOLDER": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert any("serving on" in line for line in process.stderr)
    return process, connect(f"http://127.0.0.1:{port}")


def wait_for_stages(*roots: int) -> None:
    """The stage for tags, whose networks take memory, starts when it is needed."""
    wait_until(lambda: {"plan", "optimize", "finish"} <= stages_below(*roots))
    assert "tag" not in stages_below(*roots)


def stages_below(*roots: int) -> set[str]:
    found = set()
    for number in all_below(*roots):
        with suppress(OSError):
            handler = Path(f"/proc/{number}/cmdline").read_text().rstrip("\0").rpartition("\0")[2]
            found.add(handler.removeprefix("functions.stages.").removesuffix(".handler"))
    return found


def test_data_is_served_by_one_at_a_time(tmp_path):
    with (
        only_one(tmp_path / "lock", "in use"),
        pytest.raises(RuntimeError, match="in use"),
        only_one(tmp_path / "lock", "in use"),
    ):
        pass


def test_a_child_that_does_not_start_is_reported_with_the_end_of_its_log(tmp_path):
    command = [sys.executable, "-c", "print('no such luck'); raise SystemExit(3)"]
    reported = pytest.raises(RuntimeError, match=r"(?s)probe ended unexpectedly \(exit code 3\).*no such luck")
    with Child("probe", command, {}, tmp_path / "log") as child, reported:
        child.wait_until(lambda: False, 30)


def test_a_child_that_ignores_requests_is_ended_all_the_same(tmp_path):
    script = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
    )
    with Child("stubborn", [sys.executable, "-c", script], {}, tmp_path / "log", patience=0.2) as child:
        child.wait_until(lambda: (tmp_path / "log").read_text().startswith("on"), 30)
        began = time.monotonic()
    assert child.process.returncode == -signal.SIGKILL
    assert time.monotonic() - began < 30
