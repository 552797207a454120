"""One environment for all cases. There are many cases, and each leaves the environment unchanged."""

from collections.abc import Iterator
from inspect import unwrap

import pytest

from functions.api.app import build_app
from imgopt.jobs import repository as jobs
from imgopt.settings import settings
from tests import service_fixtures as single
from tests.authorization import changes
from tests.authorization.environment import SCHEDULER_SECRET, TASK_ACCOUNT, TASK_AUDIENCE, build
from tests.authorization.requests import CaseRunner
from tests.authorization.resources import KIND, PICTURE, SIZE, complete
from tests.billing.billing_setup import set_up_billing
from tests.direct_client import DirectClient
from tests.scripted_server import serve

# Nobody is refused for asking too often or too much.
MANY = 1_000_000
COUNTED = (
    *("CREDITS_UNREGISTERED", "CREDITS_FREE", "CREDITS_MAX", "API_KEYS_PER_USER"),
    *("RATE_UPLOADS_UNREGISTERED", "RATE_UPLOADS_FREE", "RATE_UPLOADS_PAID", "RATE_NEW_GUESTS"),
    *("RATE_PROCESSING_UNREGISTERED", "RATE_PROCESSING_FREE", "RATE_PROCESSING_PAID"),
    *("RATE_DEVICE_CODE", "RATE_TOKEN_POLL", "RATE_POLLS_BY_ADDRESS", "RATE_APPROVE"),
    "RATE_KEY_CHECKS",
)
ANSWER = f"HTTP/1.1 200 OK\r\nContent-Type: {KIND}\r\nContent-Length: {SIZE}\r\n\r\n".encode() + PICTURE


@pytest.fixture(scope="module")
def monkeypatch() -> Iterator[pytest.MonkeyPatch]:
    with pytest.MonkeyPatch.context() as patch:
        yield patch


# The fixtures that are made anew for each test elsewhere.
clock_within_a_second, environment, issuer, aws = (
    pytest.fixture(scope="module", name=name, autouse=name == "clock_within_a_second")(unwrap(getattr(single, name)))
    for name in ("clock_within_a_second", "environment", "issuer", "aws")
)


@pytest.fixture(scope="module")
def runner(aws: None, issuer, monkeypatch: pytest.MonkeyPatch) -> Iterator[CaseRunner]:
    with serve(lambda _: [ANSWER]) as peer, set_up_billing(monkeypatch) as stripe:
        known = dict.fromkeys(COUNTED, str(MANY)) | {
            "FETCH_PORTS": str(peer.port),
            "FETCH_TRUSTED_HOSTS": peer.authority,
            "STREAM_SECONDS": "1",
            "PROCESS_SECONDS": "1",
            "TINYPNG_SECONDS": "1",
            "JOBS_PER_OWNER": "1000",
            "SCHEDULER_SECRET": SCHEDULER_SECRET,
            "PROCESS_ISSUER": issuer.url,
            "PROCESS_AUDIENCE": TASK_AUDIENCE,
            "PROCESS_SUBJECT": TASK_ACCOUNT,
            "URL_KEYS": "6b" * 32,
            "URL_SALTS": "73" * 32,
        }
        for name, value in known.items():
            monkeypatch.setenv(f"IMGOPT_{name}", value)
        settings.cache_clear()
        monkeypatch.setattr(jobs, "start_execution", complete)
        built = build(issuer, stripe, f"http://{peer.authority}/a.svg")
        client = DirectClient(build_app(), raise_server_exceptions=False, follow_redirects=False)
        with client, changes.watched() as seen:
            yield CaseRunner(client, built, seen)
