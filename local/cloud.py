"""The whole service on this machine: emulator, core stacks, worker and HTTP server."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from urllib.parse import urlsplit

from gpu_container.models.building import are_built, ensure_network
from gpu_container.models.fetching import ChangedNetwork
from gpu_container.models.selection import for_detailed_tags, for_single_machine
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
# Seconds. Stopping everything takes at most 10: the worker and the HTTP server at the same time, then the emulator,
# which has saved nearly everything before.
SAVE_SECONDS, QUIT_SECONDS = 4, 1
OWN_VARIABLES, ALLOWED_HOSTS, CORS_ORIGINS = "IMGOPT_", "IMGOPT_ALLOWED_HOSTS", "IMGOPT_CORS_ORIGINS"
# The variables that children inherit besides the service's settings. Nothing of the user's AWS account is among them.
INHERITED_VARIABLES = ("HOME", "LANG", "LC_ALL", "PATH", "TZ")
# Limits glibc's memory arenas: otherwise each of many threads would keep the memory of its uploads.
FEW_ARENAS = {"MALLOC_ARENA_MAX": "2"}
# Variables that are only for Lambda.
LAMBDA_ONLY = (
    *("IMGOPT_INLINE_DOWNLOAD_BYTES", "IMGOPT_MAX_MULTIPART_BYTES", "IMGOPT_STREAM_SECONDS"),
    "IMGOPT_TINYPNG_SECONDS",
)
FIRST_STAGE = ("Plan",)
# The stages of most jobs. Few jobs need tags, and the networks for tags take memory.
MOST_JOBS_STAGES = ("Optimize", "Finish")
PrintMessage = Callable[[str], None]


@dataclass(frozen=True)
class Cloud:
    """A running service. `url` is that of uvicorn, `gateway_url` that of API Gateway and Lambda in the emulator."""

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
        """The URL of API Gateway. Requests need the headers `gateway_headers`."""
        return self.deployment.gateway_url(self.endpoint)

    @property
    def gateway_headers(self) -> dict[str, str]:
        return {TOKEN_HEADER: self.access.key.gateway_token}

    def check(self) -> None:
        for child in (self.emulator, self.worker, self.server):
            child.check()

    def supervisor(self, say: PrintMessage) -> Supervisor:
        """The supervisor of the processes. It needs kept data: a restarted emulator without them would be empty."""
        worker = Watched(self.worker, without="larger images")
        return Supervisor([Watched(self.emulator), worker, Watched(self.server)], say)


@contextmanager
def running(
    folder: Path, *, port: int, keep: bool, say: PrintMessage, ready: Sequence[str] = MOST_JOBS_STAGES
) -> Iterator[Cloud]:
    """Starts everything, and stops it when the context ends. Logs are in `folder`, and data if `keep` is true.

    Processes of the stages in `ready` are started in advance, so that the first job waits less.

    Raises RuntimeError with a message if something can't be started, or if not all data could be saved at the end.
    """
    check_tagger(os.environ)
    raise_file_limit()
    data_folder.prepare_folder(folder)
    goes_on = keep and (folder / data_folder.STATE_NAME).exists()
    say("starting the local cloud")
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
    """The worker and the HTTP server, which are stopped at the same time."""
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
    """The emulator. Clients that connect while it restarts wait for it, as the socket `gate` stays open."""
    environment = emulator_environment(gate, access, folder, keep=keep) | own_names(port)
    command = [sys.executable, "-m", "local.emulator"]
    patience = SAVE_SECONDS if keep else QUIT_SECONDS
    emulator = Child("emulator", command, environment, folder / "emulator.log", patience)
    emulator.sockets = (gate,)
    with emulator:
        yield emulator
    if emulator.process.returncode == NOT_SAVED:
        raise RuntimeError(f"not all data could be saved in {folder}: {emulator.last_lines(1)[0]}")


def fetch_models(say: PrintMessage) -> None:
    """Fetches networks. Without them everything else works, and jobs that need one fail with a message."""
    for names, purpose, lost in (
        (for_single_machine(), "upscaling and tags", "no upscaling and no tags"),
        (for_detailed_tags(), "detailed tags", "tags are less detailed"),
    ):
        if not are_built(names):
            say(f"downloading neural networks for {purpose} (once; later starts use them)")
        try:
            ensure_network(names)
        except subprocess.CalledProcessError:
            say(f"{lost}, because networks could not be downloaded; the reason is above")
        except (ChangedNetwork, OSError) as error:
            say(f"{lost}, because networks could not be downloaded: {error}")


def own_names(port: int) -> dict[str, str]:
    """The settings of allowed hosts and origins: the service's own, and those in the environment."""
    public = urlsplit(os.environ.get(accounts.PUBLIC_URL, ""))
    hosts = [*HOSTS, public.hostname or "", os.environ.get(ALLOWED_HOSTS, "")]
    pages = [*origins_at(port), f"{public.scheme}://{public.netloc}" if public.netloc else ""]
    return {
        ALLOWED_HOSTS: ",".join(filter(None, hosts)),
        CORS_ORIGINS: ",".join(filter(None, [*pages, os.environ.get(CORS_ORIGINS, "")])),
    }


def emulator_environment(gate: socket, access: EmulatorAccess, folder: Path, *, keep: bool) -> dict[str, str]:
    """The emulator's environment, which functions inherit. It listens only on loopback, with files in `folder`.

    GATEWAY_PORT is not the port on which it listens, but the one in its stored URLs: the same in each run.
    """
    return {
        **base_environment(access),
        "BIND_HOST": "127.0.0.1",
        "GATEWAY_PORT": "4566",
        SOCKET: str(gate.fileno()),
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
        "PERSIST_STATE": "0",  # the emulator's own persistence saves only on a clean exit
        "S3_PERSIST": "1" if keep else "0",
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / data_folder.BODIES),
        "TMPDIR": str(folder / data_folder.TEMPORARY),
        **({launch.STATE_VARIABLE: str(folder)} if keep else {}),
    }


def http_server(port: int, access: EmulatorAccess, deployment: Deployment, log: Path) -> Child:
    """uvicorn, with the environment of the API's Lambda function."""
    known = {name: value for name, value in deployment.api_environment.items() if name not in LAMBDA_ONLY}
    known |= accounts.environment_of(deployment, access.endpoint) | own_names(port)
    known.setdefault("IMGOPT_PARALLEL_JOBS", str(os.cpu_count() or 1))
    command = [sys.executable, "-m", "uvicorn", "--factory", "functions.api.server:build_served_app"]
    command += ["--http", "functions.api.protocol:LimitedProtocol"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--no-access-log", "--log-level", "warning"]
    command += ["--timeout-graceful-shutdown", "2", "--app-dir", str(ROOT)]
    command += ["--no-server-header"]
    command += ["--no-proxy-headers"]  # else uvicorn would trust X-Forwarded-For of any client on this machine
    known["TMPDIR"] = str(log.parent / data_folder.TEMPORARY)
    return Child("HTTP server", command, {**base_environment(access), **known, **FEW_ARENAS}, log)


def upscale_worker(access: EmulatorAccess, deployment: Deployment, folder: Path) -> Child:
    """The worker that runs in the GPU container on AWS. Here it uses the CPU if there is no GPU."""
    known = {
        **deployment.api_environment,
        "IMGOPT_UPSCALE_QUEUE_URLS": deployment.outputs["LargeUpscalesUrl"],
        "IMGOPT_HEALTH_FILE": str(folder / "worker.health"),
        "TMPDIR": str(folder / data_folder.TEMPORARY),
        "IMGOPT_UPSCALE_WAIT_SECONDS": "1",  # the worker notices within so many seconds that it is to end
    }
    command, log = [sys.executable, "-m", "gpu_container.worker"], folder / "worker.log"
    return Child("upscaler", command, {**base_environment(access), **known}, log)


def base_environment(access: EmulatorAccess) -> dict[str, str]:
    passed = {
        name: value
        for name, value in os.environ.items()
        if name in INHERITED_VARIABLES or name.startswith(OWN_VARIABLES)
    }
    return {TAGGER: OFFLINE, **passed, **access.environment, "PYTHONUNBUFFERED": "1"}
