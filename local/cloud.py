"""The whole service on this machine: emulator, core stacks and HTTP server, started and stopped together."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit

from gpu_container.models.building import are_there, ensure_network
from gpu_container.models.fetching import ChangedNetwork
from gpu_container.models.selection import for_laptops, for_more_words
from local import accounts, data_folder, synth
from local.connection import ServiceConnection, left_in
from local.deploy import Deployment, Session, deploy
from local.emulator import launch
from local.emulator.access import EmulatorAccess, answers
from local.emulator.keys import TOKEN_HEADER, new_access_key
from local.emulator.launch import NOT_SAVED
from local.emulator.origins import HOSTS, origins_at
from local.emulator.server import SOCKET
from local.private_files import ROOT
from local.processes import Child, listen, raise_file_limit
from local.supervision import Supervisor, Watched
from local.tagger import OFFLINE, TAGGER, check_tagger

EMULATOR_START_SECONDS = 60
# Stopping all takes at most 10: the worker and the HTTP server at the same time, then the emulator, which has saved
# nearly all before.
SAVE_SECONDS, QUIT_SECONDS = 4, 1
OWN_VARIABLES, ALLOWED_HOSTS, CORS_ORIGINS = "IMGOPT_", "IMGOPT_ALLOWED_HOSTS", "IMGOPT_CORS_ORIGINS"
# What children may see of this process's environment: its own settings, and nothing of somebody's AWS account.
PASSED_ON = ("HOME", "LANG", "LC_ALL", "PATH", "TZ")
# Of glibc's memory: each of many threads would keep what its uploads took.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
# These hold for Lambda alone.
LAMBDA_ONLY = (
    *("IMGOPT_INLINE_DOWNLOAD_BYTES", "IMGOPT_MAX_MULTIPART_BYTES", "IMGOPT_STREAM_SECONDS"),
    "IMGOPT_TINYPNG_SECONDS",
)
FIRST_STAGE = ("Plan",)
# What most jobs go through after it; words are asked for by few, and their networks take memory.
MOST_JOBS_STAGES = ("Optimize", "Finish")
Say = Callable[[str], None]


@dataclass(frozen=True)
class Cloud:
    """A running service: `url` is uvicorn's, `gateway_url` the way through API Gateway and Lambda."""

    url: str
    session: Session
    deployment: Deployment
    server: Child
    worker: Child
    emulator: Child

    @property
    def endpoint(self) -> str:
        return self.access.endpoint

    @property
    def access(self) -> EmulatorAccess:
        return self.session.access

    @property
    def gateway_url(self) -> str:
        """To be called with `gateway_headers`."""
        return self.deployment.gateway_url(self.endpoint)

    @property
    def gateway_headers(self) -> dict[str, str]:
        return {TOKEN_HEADER: self.access.key.gateway_token}

    def check(self) -> None:
        for child in (self.emulator, self.worker, self.server):
            child.check()

    def supervisor(self, say: Say) -> Supervisor:
        """Only where data are kept: an emulator that begins anew would know nothing."""
        worker = Watched(self.worker, without="larger images")
        return Supervisor([Watched(self.emulator), worker, Watched(self.server)], say)


@contextmanager
def running(
    folder: Path, *, port: int, keep: bool, say: Say, ready: Sequence[str] = MOST_JOBS_STAGES
) -> Iterator[Cloud]:
    """Starts everything, with logs and, where `keep` says so, data in `folder`; stops everything at the end.

    The stages in `ready` begin to start, too, for the first job to wait less.

    Raises RuntimeError with a sentence where that can't be done, and where not all could be saved at the end.
    """
    check_tagger(os.environ)
    raise_file_limit()
    data_folder.prepare_folder(folder)
    goes_on = keep and (folder / data_folder.STATE_NAME).exists()
    say("starting the embedded cloud")
    with listen() as gate:
        access = EmulatorAccess(f"http://127.0.0.1:{gate.getsockname()[1]}", new_access_key())
        with emulator_in(folder, gate, access, port, keep=keep) as emulator:
            try:
                assembly, session = synth.ensure(), Session(access)
                fetch_models(say)
                emulator.wait_until(access.answers, EMULATOR_START_SECONDS)
                say("deploying the stacks")
                deployment = deploy(assembly, session)
                session.keep_ready(FIRST_STAGE)
                with programs(folder, port, access, deployment) as (worker, server):
                    accounts.prepare_accounts(deployment, session, port)
                    server.wait_until(lambda: answers(f"http://127.0.0.1:{port}/readiness"), EMULATOR_START_SECONDS)
                    cloud = Cloud(f"http://127.0.0.1:{port}", session, deployment, server, worker, emulator)
                    session.keep_ready(ready)
                    if goes_on:
                        cloud.session.look_after_jobs()
                    with left_in(folder, ServiceConnection(cloud.url, access, deployment.outputs)):
                        yield cloud
            finally:
                say("shutting down")


@contextmanager
def programs(folder: Path, port: int, access: EmulatorAccess, deployment: Deployment) -> Iterator[tuple[Child, Child]]:
    """The worker and the HTTP server, which end at the same time."""
    with (
        upscale_worker(access, deployment, folder) as worker,
        http_server(port, access, deployment, folder / "api.log") as server,
    ):
        try:
            yield worker, server
        finally:
            worker.ask_to_end()
            server.ask_to_end()


@contextmanager
def emulator_in(folder: Path, gate: socket, access: EmulatorAccess, port: int, *, keep: bool) -> Iterator[Child]:
    """Whoever connects while it is started anew waits for it, as `gate` stays open."""
    environment = emulator_environment(gate, access, folder, keep=keep) | own_names(port)
    command = [sys.executable, "-m", "local.emulator"]
    patience = SAVE_SECONDS if keep else QUIT_SECONDS
    emulator = Child("emulator", command, environment, folder / "emulator.log", patience)
    emulator.sockets = (gate,)
    with emulator:
        yield emulator
    if emulator.process.returncode == NOT_SAVED:
        raise RuntimeError(f"not all data could be saved in {folder}: {emulator.last_lines(1)[0]}")


def fetch_models(say: Say) -> None:
    """Without them all else works: a job that needs one fails and says what is missing."""
    for names, lost in (for_laptops(), "no upscaling and no tags"), (for_more_words(), "tags name fewer things"):
        if not are_there(names):
            say("fetching networks, which later starts have")
        try:
            ensure_network(names)
        except subprocess.CalledProcessError:
            say(f"{lost}, as networks could not be fetched; the reason is above")
        except (ChangedNetwork, OSError) as error:
            say(f"{lost}, as networks could not be fetched: {error}")


def own_names(port: int) -> dict[str, str]:
    """By which names the service may be asked for, and on whose pages: its own, and those that are set."""
    public = urlsplit(os.environ.get(accounts.PUBLIC_URL, ""))
    hosts = [*HOSTS, public.hostname or "", os.environ.get(ALLOWED_HOSTS, "")]
    pages = [*origins_at(port), f"{public.scheme}://{public.netloc}" if public.netloc else ""]
    return {
        ALLOWED_HOSTS: ",".join(filter(None, hosts)),
        CORS_ORIGINS: ",".join(filter(None, [*pages, os.environ.get(CORS_ORIGINS, "")])),
    }


def emulator_environment(gate: socket, access: EmulatorAccess, folder: Path, *, keep: bool) -> dict[str, str]:
    """Loopback only, files in `folder` only. Functions inherit it.

    GATEWAY_PORT is not where it listens but what it calls itself, in what it keeps: the same in each run.
    """
    return {
        **base_environment(access),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": "4566",
        SOCKET: str(gate.fileno()),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",  # which saves as it ends, if it does
        "S3_PERSIST": "1" if keep else "0",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / data_folder.BODIES),
        "TMPDIR": str(folder / data_folder.TEMPORARY),
        **({launch.STATE_VARIABLE: str(folder)} if keep else {}),
    }


def http_server(port: int, access: EmulatorAccess, deployment: Deployment, log: Path) -> Child:
    """uvicorn, with the environment that the API's Lambda function has."""
    known = {name: value for name, value in deployment.api_environment.items() if name not in LAMBDA_ONLY}
    known |= accounts.environment_of(deployment, access.endpoint) | own_names(port)
    known.setdefault("IMGOPT_PARALLEL_JOBS", str(os.cpu_count() or 1))
    command = [sys.executable, "-m", "uvicorn", "--factory", "functions.api.app:build_app"]
    command += ["--http", "functions.api.protocol:LimitedProtocol"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    command += ["--timeout-graceful-shutdown", "2", "--app-dir", str(ROOT)]
    command += ["--no-server-header"]
    command += ["--no-proxy-headers"]  # uvicorn would believe what any client on this machine says of its address
    known["TMPDIR"] = str(log.parent / data_folder.TEMPORARY)
    return Child("HTTP server", command, {**base_environment(access), **known, **FEW_ARENAS}, log)


def upscale_worker(access: EmulatorAccess, deployment: Deployment, folder: Path) -> Child:
    """What a GPU's container runs, here on the CPU if need be."""
    known = {
        **deployment.api_environment,
        "IMGOPT_UPSCALE_QUEUE_URLS": deployment.outputs["LargeUpscalesUrl"],
        "IMGOPT_HEALTH_FILE": str(folder / "worker.health"),
        "TMPDIR": str(folder / data_folder.TEMPORARY),
        "IMGOPT_UPSCALE_WAIT_SECONDS": "1",  # so long it takes at most to end
    }
    command, log = [sys.executable, "-m", "gpu_container.worker"], folder / "worker.log"
    return Child("upscaler", command, {**base_environment(access), **known}, log)


def base_environment(access: EmulatorAccess) -> dict[str, str]:
    passed = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith(OWN_VARIABLES)}
    return {TAGGER: OFFLINE, **passed, **access.environment, "PYTHONUNBUFFERED": "1"}
