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
from local.processes import Child, free_port, only_one
from tests import pictures
from tests.e2e.conftest import wait_for_end, wait_until

SMALL = pictures.png()


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


def all_of(cloud: Cloud) -> set[int]:
    return all_below(*(child.process.pid for child in (cloud.emulator, cloud.worker, cloud.server)))


def left_of(numbers: set[int]) -> set[int]:
    return {number for number, (state, _) in processes().items() if number in numbers and state != "Z"}


needs_proc = pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="looks for processes in /proc")


@contextmanager
def serving(folder: Path, *, keep: bool = False) -> Iterator[tuple[Cloud, httpx2.Client]]:
    with (
        running(folder, port=free_port(), keep=keep, say=lambda text: None) as cloud,
        httpx2.Client(base_url=cloud.url, trust_env=False) as client,
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
def test_stages_of_most_jobs_start_with_the_service_and_all_processes_end_when_one_dies(tmp_path):
    """This also holds with stored data. The stage for tags, whose networks take memory, starts when it is needed."""
    with serving(tmp_path, keep=True) as (cloud, client):
        wait_for_stages(cloud)
        assert run_job(client, *upload(client))["status"] == "completed"
    killed = pytest.raises(RuntimeError, match="emulator was killed by SIGKILL")
    with killed, serving(tmp_path, keep=True) as (cloud, _):
        wait_for_stages(cloud)
        begun = all_of(cloud)
        cloud.emulator.process.kill()
        cloud.emulator.process.wait()
        cloud.check()
    wait_until(lambda: not left_of(begun))  # what the emulator had started ends by itself


@needs_proc
def test_processes_end_when_their_owner_is_killed(tmp_path):
    process = start_up(free_port(), tmp_path)
    begun = all_below(process.pid)
    process.kill()
    process.wait()
    assert len(begun) >= 1 + 3
    wait_until(lambda: not left_of(begun))


def test_work_goes_on_after_the_emulator_was_killed_and_after_a_restart_on_other_ports(tmp_path, website, monkeypatch):
    """Whatever was answered is there, and queues, callbacks and signed links still lead somewhere."""
    monkeypatch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", website.host)
    with serving(tmp_path, keep=True) as (cloud, client):
        asked, headers = upload(client)
        first = run_job(client, asked, headers)
        before = client.get(f"/download/{first['id']}").content
        later = client.post("/auto", json=asked, headers=headers).json()["jobs"][0]
        cloud.emulator.process.kill()
        supervisor = cloud.supervisor(say=lambda text: None)
        wait_until(lambda: supervisor.check() or supervisor.restarted)
        assert client.get(f"/download/{first['id']}").content == before
        cloud.session.look_after_jobs()
        assert wait_for_end(client, later["id"])["status"] == "completed"
        assert run_job(client, asked, headers)["status"] == "completed"
        assert supervisor.restarted == ["emulator"]
        ports = (cloud.url, cloud.endpoint)
        under_way = client.post("/auto", json=asked, headers=headers).json()["jobs"][0]
    with serving(tmp_path, keep=True) as (cloud, client):
        assert not set(ports) & {cloud.url, cloud.endpoint}
        assert client.get(f"/download/{first['id']}").content == before
        assert wait_for_end(client, under_way["id"])["status"] == "completed"
        upscale = {"output_upscale_factor": 2, "callback_url": f"http://{website.host}/ended"}
        job = run_job(client, {**asked, "settings": upscale}, headers)
        assert (job["status"], job["processed_width"]) == ("completed", 96)
        wait_until(lambda: any(job["id"].encode() in body for _, body in website.received))
        link = client.get(f"/download/{job['id']}/url").json()["url"]
        assert httpx2.get(link, trust_env=False).status_code == 200


def start_up(port: int, folder: Path) -> subprocess.Popen:
    """`make up`, once it serves."""
    process = subprocess.Popen(
        [sys.executable, "-m", "local.up"],
        cwd=ROOT,
        env={**os.environ, "PORT": str(port), "IMGOPT_LOCAL_FOLDER": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    )
    assert any("serving on" in line for line in process.stderr)
    return process


@needs_proc
def test_make_up_serves_until_a_signal_ends_it_with_all_that_it_started(tmp_path):
    """tests/unit/test_local_processes.py tests each signal."""
    port = free_port()
    process = start_up(port, tmp_path)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        assert run_job(client, *upload(client))["status"] == "completed"
        begun = all_below(process.pid)
        assert len(begun) >= 1 + 3 + 4  # and a process for each stage, and one that forks
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert "stopped" in process.stderr.read()
        with pytest.raises(httpx2.ConnectError):
            client.get("/health")
    assert not left_of(begun)


def wait_for_stages(cloud: Cloud) -> None:
    wait_until(lambda: {"plan", "optimize", "finish"} <= stages_of(cloud))
    assert "tag" not in stages_of(cloud)


def stages_of(cloud: Cloud) -> set[str]:
    found = set()
    for number in all_of(cloud):
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
