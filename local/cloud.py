"""The whole service on this machine: emulator, core stacks and HTTP server, started and stopped together."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import ProxyHandler, build_opener

from gpu_container.models.building import ensure
from gpu_container.models.fetching import ChangedNetwork
from gpu_container.models.selection import for_laptops
from local import accounts, synth
from local.deploy import CREDENTIALS, Deployment, deploy
from local.processes import Child, free_port

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60
# The emulator saves its state as it ends, and waits for calls that are under way.
SAVE_SECONDS, QUIT_SECONDS = 30, 1
SETTINGS = "IMGOPT_"
# What children may see of this process's environment: its own settings, and nothing of somebody's AWS account.
PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TZ")
# These hold for Lambda alone.
LAMBDA_ONLY = ("IMGOPT_INLINE_DOWNLOAD_BYTES", "IMGOPT_MAX_MULTIPART_BYTES", "IMGOPT_STREAM_SECONDS")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Cloud:
    """A running service: `url` is uvicorn's, `gateway_url` the way through API Gateway and Lambda."""

    url: str
    endpoint: str
    deployment: Deployment
    server: Child
    worker: Child
    emulator: Child

    @property
    def gateway_url(self) -> str:
        return self.deployment.gateway_url(self.endpoint)

    def check(self) -> None:
        for child in (self.emulator, self.worker, self.server):
            child.check()


@contextmanager
def running(folder: Path, *, port: int, keep: bool, say: Say) -> Iterator[Cloud]:
    """Starts everything, with logs and, where `keep` says so, data in `folder`; stops everything at the end."""
    shutil.rmtree(folder / "tmp", ignore_errors=True)
    assembly = synth.ensure()
    fetch_models(say)
    say("starting the embedded cloud")
    emulator_port = free_port()
    endpoint = f"http://127.0.0.1:{emulator_port}"
    environment = emulator_environment(emulator_port, endpoint, folder, keep=keep)
    command, log = [sys.executable, "-m", "local.emulator"], folder / "emulator.log"
    with Child("emulator", command, environment, log, SAVE_SECONDS if keep else QUIT_SECONDS) as emulator:
        try:
            emulator.wait_until(lambda: answers(f"{endpoint}/_ministack/health"), START_SECONDS)
            say("deploying the stacks")
            deployment = deploy(assembly, endpoint)
            accounts.prepare(deployment, endpoint, port)
            with (
                upscale_worker(endpoint, deployment, folder) as worker,
                http_server(port, endpoint, deployment, folder / "api.log") as server,
            ):
                server.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readiness"), START_SECONDS)
                yield Cloud(f"http://127.0.0.1:{port}", endpoint, deployment, server, worker, emulator)
        finally:
            say("shutting down")


def fetch_models(say: Say) -> None:
    """Without them all else works: a job that needs one fails and says what is missing."""
    try:
        ensure(for_laptops())
    except (subprocess.CalledProcessError, ChangedNetwork) as error:
        say(f"no upscaling and no words, as networks could not be fetched: {error}")


def emulator_environment(port: int, endpoint: str, folder: Path, *, keep: bool) -> dict[str, str]:
    """Loopback only, files in `folder` only. Functions inherit it."""
    persist, temporary = "1" if keep else "0", folder / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    return {
        "IMGOPT_TAGGER": "offline",
        **base_environment(endpoint),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": str(port),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": persist,
        "S3_PERSIST": persist,
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(temporary),
    }


def http_server(port: int, endpoint: str, deployment: Deployment, log: Path) -> Child:
    """uvicorn, with the environment that the API's Lambda function has."""
    known = {name: value for name, value in deployment.api_environment.items() if name not in LAMBDA_ONLY}
    known |= accounts.environment_of(deployment, endpoint)
    known.setdefault("IMGOPT_PARALLEL_JOBS", str(os.cpu_count() or 1))
    command = [sys.executable, "-m", "uvicorn", "--factory", "functions.api.app:build_app"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    command += ["--timeout-graceful-shutdown", "5", "--app-dir", str(ROOT)]
    command += ["--no-proxy-headers"]  # uvicorn would believe what any client on this machine says of its address
    return Child("HTTP server", command, {**base_environment(endpoint), **known}, log)


def upscale_worker(endpoint: str, deployment: Deployment, folder: Path) -> Child:
    """What a GPU's container runs, here on the CPU if need be."""
    known = {
        **deployment.api_environment,
        "IMGOPT_UPSCALE_QUEUE_URLS": deployment.outputs["LargeUpscalesUrl"],
        "IMGOPT_HEALTH_FILE": str(folder / "worker.health"),
        "IMGOPT_UPSCALE_WAIT_SECONDS": "1",  # so long it takes at most to end
    }
    command, log = [sys.executable, "-m", "gpu_container.worker"], folder / "worker.log"
    return Child("upscaler", command, {**base_environment(endpoint), **known}, log)


def base_environment(endpoint: str) -> dict[str, str]:
    passed = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith(SETTINGS)}
    no_profile = {"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull}
    return {**passed, **CREDENTIALS, **no_profile, "AWS_ENDPOINT_URL": endpoint, "PYTHONUNBUFFERED": "1"}


def answers(url: str) -> bool:
    """Whether it answers with 200. Proxies of the environment are for the world outside."""
    try:
        with build_opener(ProxyHandler({})).open(url, timeout=5) as response:
            return bool(response.status == 200)
    except (URLError, OSError):
        return False
