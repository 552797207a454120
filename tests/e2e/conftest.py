"""One embedded cloud for most end-to-end tests, and clients for both of its addresses."""

import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from threading import Thread
from typing import Any, TypeVar
from uuid import uuid4

import boto3
import httpx2
import pytest

from imgopt import clock
from imgopt.accounts import api_keys
from imgopt.accounts import repository as accounts
from imgopt.accounts.model import User
from imgopt.jobs import repository
from imgopt.settings import settings
from imgopt.storage import clients, transactions
from local.cloud import Cloud, emulator_environment, own_names, running
from local.demo_limits import HIGH_LIMIT, RAISED_LIMITS
from local.deploy import Session
from local.emulator.access import EmulatorAccess
from local.emulator.keys import new_access_key
from local.processes import Child, free_port, listen
from tests import pictures
from tests.conftest import table_properties
from tests.e2e.bedrock_model import Model
from tests.e2e.chromium import Pipe, browser
from tests.e2e.logs import find_private
from tests.e2e.website import Website
from typescript_client.build import build_package

T = TypeVar("T")
WAIT_SECONDS = 60
PAUSE_SECONDS = 0.1
# For HTTP. Loading the certificates that are trusted takes longer than most requests.
NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
URL_KEY, URL_SALT = "6b" * 32, "73" * 32
PICTURE_BUCKET, PICTURE_KEY = "pictures", "through glass@2x.png"  # of somebody's own
UNSIGNED_WIDTHS = (320, 640, 960, 1280, 1920)  # of presets that are named by them
PRESETS = ",".join(["web=w:40/f:webp", "thumb=w:8/f:png", *(f"w{each}=w:{each}" for each in UNSIGNED_WIDTHS)])


@pytest.fixture(scope="session")
def website() -> Iterator[Website]:
    with Website() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def cloud(tmp_path_factory: pytest.TempPathFactory, website: Website) -> Iterator[Cloud]:
    folder: Path = tmp_path_factory.mktemp("cloud")
    with ExitStack() as stack:
        with pytest.MonkeyPatch.context() as patch:  # for what the cloud starts, and not for other tests
            patch.setenv("IMGOPT_FETCH_TRUSTED_HOSTS", website.host)
            patch.setenv("IMGOPT_PRESETS", PRESETS)
            patch.setenv("IMGOPT_URL_KEYS", URL_KEY)
            patch.setenv("IMGOPT_URL_SALTS", URL_SALT)
            patch.setenv("IMGOPT_URL_BUCKETS", PICTURE_BUCKET)
            patch.setenv("IMGOPT_URL_ALLOWED_SOURCES", f"http://{website.host}/,s3://{PICTURE_BUCKET}/")
            patch.setenv("IMGOPT_URL_UNSIGNED_PRESETS", ",".join(f"w{each}" for each in UNSIGNED_WIDTHS))
            for name in RAISED_LIMITS:
                patch.setenv(f"IMGOPT_{name}", HIGH_LIMIT)
            known = stack.enter_context(running(folder, port=free_port(), keep=False, say=lambda text: None))
        suspend_schedules(known)
        yield known
        assert find_private(known) == []  # in all that the tests have caused to be logged


@pytest.fixture(scope="session")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pipe]:
    """The browser for all tests; each test has its own tab."""
    with browser(tmp_path_factory.mktemp("profile")) as tab:
        yield tab.pipe


@pytest.fixture(scope="session")
def picture_bucket(cloud: Cloud) -> str:
    """A bucket with a picture that is transparent at the lower right. Its name contains a space and an @."""
    s3 = cloud.session.client("s3")
    s3.create_bucket(Bucket=PICTURE_BUCKET)
    s3.put_object(Bucket=PICTURE_BUCKET, Key=PICTURE_KEY, Body=pictures.png("RGBA"))
    return PICTURE_BUCKET


def suspend_schedules(cloud: Cloud) -> None:
    """Tests set the clock: what goes by the real one would take their jobs for overdue."""
    scheduler = cloud.session.client("scheduler")
    for each in scheduler.list_schedules()["Schedules"]:
        found = scheduler.get_schedule(Name=each["Name"])
        kept = {name: found[name] for name in ("Name", "ScheduleExpression", "FlexibleTimeWindow", "Target")}
        scheduler.update_schedule(**kept, State="DISABLED")


def as_a_part_of(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    """Gives this process the environment and the key of the cloud's own processes."""
    use(cloud.access, monkeypatch)
    for name, value in cloud.deployment.api_environment.items():
        monkeypatch.setenv(name, value)


def use(access: EmulatorAccess, monkeypatch: pytest.MonkeyPatch) -> None:
    """Makes this process a client of the emulator."""
    for name, value in access.environment.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", session_with(access))


@cache
def session_with(access: EmulatorAccess) -> boto3.Session:
    """The session with its key. Each session reads the descriptions of services anew."""
    return Session(access).session


@pytest.fixture
def storage(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Lets this process work on the cloud's table, as functions do. Guests have 20 credits; executions don't start."""
    as_a_part_of(cloud, monkeypatch)
    with no_executions(monkeypatch):
        yield


@pytest.fixture(scope="session")
def typescript(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The TypeScript client, compiled. What makes it comes from the npm registry."""
    try:
        return build_package(tmp_path_factory.mktemp("typescript") / "imgopt-client")
    except subprocess.CalledProcessError as error:
        if "npm-cli.js" in str(error.cmd):
            pytest.skip("the npm registry is not reachable")
        pytest.fail(error.stdout)


@pytest.fixture
def api_key(storage: None) -> str:
    """An API key of a new user, who has a day's free credits."""
    user = accounts.add_user(User(str(uuid4()), "key@example.org", clock.now()))
    return api_keys.create(user.id, "of the tests")[1]


@pytest.fixture(scope="session")
def bedrock() -> Iterator[Model]:
    """The model that the emulator asks."""
    with Model() as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory, bedrock: Model) -> Iterator[EmulatorAccess]:
    """Nothing but the embedded cloud's emulator, with Bedrock."""
    folder = tmp_path_factory.mktemp("emulator")
    with listen() as gate:
        access = EmulatorAccess(f"http://127.0.0.1:{gate.getsockname()[1]}", new_access_key())
        proxy = {"MINISTACK_BEDROCK_PROXY_URL": f"http://127.0.0.1:{bedrock.server_port}"}
        environment = {**emulator_environment(gate, access, folder, keep=False), **own_names(0), **proxy}
        child = Child("emulator", [sys.executable, "-m", "local.emulator"], environment, folder / "log", patience=1)
        child.sockets = (gate,)
        with child:
            child.wait_until(access.answers, WAIT_SECONDS)
            yield access


@pytest.fixture
def own_table(
    emulator: EmulatorAccess,
    environment: None,
    templates: dict[str, dict[str, Any]],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[None]:
    """Lets this process work on a new table. Guests have 20 credits; executions don't start."""
    name = f"table-{uuid4()}"
    use(emulator, monkeypatch)
    monkeypatch.setenv("IMGOPT_TABLE_NAME", name)
    with no_executions(monkeypatch):
        clients.dynamodb().create_table(TableName=name, **table_properties(templates["ImgoptData"]))
        yield
        clients.dynamodb().delete_table(TableName=name)


@contextmanager
def no_executions(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "20")
    monkeypatch.setattr(repository, "start_execution", lambda job: None)
    monkeypatch.setattr(transactions, "FIRST_PAUSE", 0.001)
    for cached in (settings, clients.dynamodb):
        cached.cache_clear()
    yield
    for cached in (settings, clients.dynamodb):
        cached.cache_clear()


def connect(url: str = "", headers: dict[str, str] | None = None) -> httpx2.Client:
    return httpx2.Client(base_url=url, headers=headers, timeout=60, trust_env=False, verify=NO_TLS)


@pytest.fixture(params=["uvicorn", "gateway"])
def client(request: pytest.FixtureRequest, cloud: Cloud) -> Iterator[httpx2.Client]:
    """uvicorn serves the application directly; the gateway runs it in Lambda."""
    url, headers = (cloud.url, {}) if request.param == "uvicorn" else (cloud.gateway_url, cloud.gateway_headers)
    with connect(url, headers) as client:
        yield client


@pytest.fixture
def process(client: httpx2.Client) -> Callable[..., dict]:
    """Uploads, asks for `/auto`, waits: the job at its end."""

    def run(data: bytes, **settings: object) -> dict:
        upload = client.post("/upload", files={"file": ("hero.png", data)}).raise_for_status().json()
        body = {"temp_file_ids": [upload["temp_file_id"]], "settings": settings}
        headers = {"X-Session-Token": upload["session_token"]}
        job = client.post("/auto", json=body, headers=headers).raise_for_status().json()["jobs"][0]
        return wait_for_end(client, job["id"])

    return run


def wait_for_end(client: httpx2.Client, job_id: str) -> dict:
    def ended() -> dict | None:
        job = client.get(f"/status/{job_id}").raise_for_status().json()["job"]
        return None if job["status"] in ("queued", "processing") else job

    return wait_until(ended)


def wait_until(look: Callable[[], T | None]) -> T:
    """The first answer that is something."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(PAUSE_SECONDS)
    raise AssertionError(f"nothing came within {WAIT_SECONDS} seconds")
