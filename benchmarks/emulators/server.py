"""Runs an emulator in its own environment and folder: installs, starts, calls, measures and stops it."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import Any
from urllib.request import Request, urlopen

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.emulators.catalogue import Emulator
from benchmarks.emulators.waiting import wait_for
from local.private_files import ROOT
from local.processes import end_with_parent, free_port

UV, READY = ROOT / ".tools" / "bin" / "uv", "installed"
START_SECONDS, STOP_SECONDS, POLL_SECONDS = 90, 20, 0.02
REGION, KEY, SECRET = "us-east-1", "000000000000", "emulators"
# Packages published later are not used, so that all runs install the same.
PUBLIC_BEFORE = "2026-11-23"
# An emulator that is not there yet, or that is not ready.
NO_ANSWER = (BotoCoreError, ClientError)


@dataclass
class Server:
    """A running emulator. `started` is the time in seconds until it answered a call to S3."""

    emulator: Emulator
    folder: Path
    port: int
    process: subprocess.Popen[bytes]
    started: float = 0

    def client(self, service: str, **config: Any) -> Any:
        """A client without retries, and with a timeout of a minute."""
        known = Config(retries={"total_max_attempts": 1}, read_timeout=60, proxies={}, **config)
        keys = {"aws_access_key_id": KEY, "aws_secret_access_key": SECRET, "region_name": REGION}
        return boto3.client(service, endpoint_url=self.endpoint(service), config=known, **keys)  # type: ignore[call-overload]  # names of services

    def endpoint(self, service: str) -> str:
        return f"http://127.0.0.1:{self.port + self.emulator.ports.get(service, 0)}"

    def wait_until_it_answers(self) -> None:
        began = time.monotonic()
        client = self.client("s3", connect_timeout=1, s3={"addressing_style": "path"})
        while True:
            try:
                client.list_buckets()
            except NO_ANSWER as error:
                if self.process.poll() is not None or time.monotonic() > began + START_SECONDS:
                    raise NotStarted(_last_line(self.folder / "log")) from error
                time.sleep(POLL_SECONDS)
            else:
                self.started = time.monotonic() - began
                return

    def configure(self) -> None:
        """Posts the configuration, after all ports are open."""
        for service in self.emulator.ports:
            wait_for(partial(_is_open, self.port + self.emulator.ports[service]))
        if self.emulator.configuration:
            path, text = self.emulator.configuration
            urlopen(Request(self.endpoint("") + path, text.encode(), method="POST")).close()  # noqa: S310 - loopback

    def megabytes(self) -> float:
        """The private memory in MB, including child processes."""
        return sum(_proportional_kilobytes(each) for each in _family(self.process.pid)) / 1024

    @contextmanager
    def peak(self) -> Iterator[list[float]]:
        """The peak memory in MB. It is set at the end."""
        found, done = [self.megabytes()], Event()

        def watch() -> None:
            while not done.wait(POLL_SECONDS):
                found[0] = max(found[0], self.megabytes())

        watching = Thread(target=watch, daemon=True)
        watching.start()
        try:
            yield found
        finally:
            done.set()
            watching.join()


class NotStarted(Exception):
    """The emulator did not start. The message is the last line of its log."""


@contextmanager
def running(emulator: Emulator, folder: Path) -> Iterator[Server]:
    """Raises NotStarted."""
    port, places = free_port(), {"folder": str(folder), "bin": str(_environment_of(emulator) / "bin")}
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in emulator.files.items():
        (folder / name).write_text(text)
    variables = {name: value.format(port=port, **places) for name, value in emulator.variables.items()}
    own = {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_DEFAULT_REGION": REGION}
    with (folder / "log").open("ab") as log:
        process = subprocess.Popen(
            [part.format(port=port, **places) for part in emulator.command],
            env={**os.environ, **own, "HOME": str(folder), "PYTHONPATH": str(ROOT), **variables},
            cwd=folder,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - a system call alone
        )
    server = Server(emulator, folder, port, process)
    try:
        server.wait_until_it_answers()
        server.configure()
        yield server
    finally:
        _stop(process)


def install(emulator: Emulator) -> None:
    """Creates the environment with uv, unless one with the same packages exists."""
    environment = _environment_of(emulator)
    ready, wanted = environment / READY, json.dumps(emulator.packages)
    if not emulator.packages or (ready.exists() and ready.read_text() == wanted):
        return
    python = environment / "bin" / "python"
    # Without this project's rule to build nothing, because some requirements have no wheels.
    options = ["--no-config", "--quiet", "--python"]
    subprocess.run([str(UV), "venv", *options, sys.executable, "--clear", str(environment)], check=True)
    install_them = [str(UV), "pip", "install", *options, str(python), "--exclude-newer", PUBLIC_BEFORE]
    subprocess.run([*install_them, *emulator.packages], check=True)
    ready.write_text(wanted)


def _environment_of(emulator: Emulator) -> Path:
    """The environment of an emulator: the project's if it needs no other packages."""
    name = emulator.name.lower().replace(" ", "-")
    return ROOT / "build" / f"emulators-{name}" if emulator.packages else Path(sys.prefix)


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGTERM)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        pass
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _is_open(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def _family(pid: int) -> list[int]:
    """The process and all its descendants."""
    found = [pid]
    for each in found:
        for children in Path(f"/proc/{each}/task").glob("*/children"):
            try:
                found += map(int, children.read_text().split())
            except OSError:
                continue
    return found


def _proportional_kilobytes(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))


def _last_line(log: Path) -> str:
    lines = [line for line in log.read_text(errors="replace").splitlines() if line.strip()]
    return lines[-1][:120] if lines else "nothing in its log"
