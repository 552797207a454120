"""Rate limits, as clients experience them."""

from datetime import UTC, datetime, timedelta

import anyio
import pytest
from botocore.exceptions import EndpointConnectionError
from fastapi import FastAPI

from functions.api.app import build_app
from functions.api.errors import add_error_handlers
from functions.api.rate_limit import RateLimitHeaders, limit
from functions.api.upload_counts import announced_bytes
from functions.stages import fail
from imgopt import authentication, clock
from imgopt.settings import settings
from imgopt.storage import clients, table
from tests import pictures
from tests.direct_client import DirectClient

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
FORM_BYTES = 250  # about, around a file
HEADERS = ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset")


@pytest.fixture
def at(monkeypatch):
    def set_time(moment: datetime) -> None:
        monkeypatch.setattr(clock, "now", lambda: moment)

    set_time(NOON)
    return set_time


@pytest.fixture
def limits(monkeypatch):
    def set_limits(**numbers: int) -> None:
        for name, number in numbers.items():
            monkeypatch.setenv(f"IMGOPT_RATE_{name.upper()}", str(number))
        settings.cache_clear()

    return set_limits


def send(client, data: bytes = b"no image", token: str | None = None, address: str | None = None):
    headers = {"X-Session-Token": token} if token else {}
    headers |= {"X-Forwarded-For": address} if address else {}
    return client.post("/upload", files={"file": data}, headers=headers)


def told(answer) -> list[int]:
    return [int(answer.headers[name]) for name in HEADERS]


def test_an_answer_tells_where_the_client_stands(client, upload, at, limits):
    limits(uploads_unregistered=5)
    token = upload(pictures.png())["session_token"]
    assert told(send(client, pictures.png(), token)) == [5, 4, NOON.timestamp() + 60]


def test_refusals_tell_it_too(client, at, limits):
    limits(uploads_unregistered=5)
    answer = send(client)
    assert (answer.status_code, told(answer)) == (415, [5, 4, NOON.timestamp() + 60])


def test_refusal_says_when_to_try_again(client, at, limits, stored):
    limits(uploads_unregistered=1)
    send(client)
    at(NOON + timedelta(seconds=17.5))
    answer = send(client, pictures.png())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "43")
    assert answer.json() == {"detail": "Too many uploads in one minute. Try again in 43 s."}
    assert told(answer) == [1, 0, NOON.timestamp() + 60]
    assert stored() == {"uploads": [], "results": [], "items": []}


def test_retry_after_the_told_wait_is_admitted(client, at, limits):
    limits(uploads_unregistered=1)
    send(client)
    wait = int(send(client).headers["Retry-After"])
    at(NOON + timedelta(seconds=wait))
    assert send(client, pictures.png()).status_code == 200


def test_guests_are_counted_each_for_itself(client, upload, limits):
    limits(uploads_unregistered=3)
    first, second = upload(pictures.png())["session_token"], upload(pictures.png())["session_token"]
    assert [send(client, token=first).status_code for _ in range(4)] == [415, 415, 415, 429]
    assert send(client, token=second).status_code == 415


def test_strangers_are_counted_by_address_whatever_they_say_it_is(client, limits):
    limits(uploads_unregistered=2)
    answers = [send(client, address=f"192.0.2.{number}").status_code for number in range(3)]
    assert answers == [415, 415, 429]


def test_addresses_behind_a_trusted_proxy_are_counted_apart(aws, monkeypatch, limits):
    monkeypatch.setenv("IMGOPT_TRUSTED_PROXIES", "10.0.0.0/8")
    limits(uploads_unregistered=1)
    client = DirectClient(build_app(), client=("10.0.0.1", 1))
    assert [send(client, address=each).status_code for each in ("192.0.2.1", "192.0.2.2")] == [415, 415]
    assert send(client, address="6.6.6.6, 192.0.2.1").status_code == 429


def test_only_so_many_new_guests_a_day_come_from_one_address(client, upload, at, limits):
    limits(new_guests=2)
    token, _ = (upload(pictures.png())["session_token"] for _ in range(2))
    answer = send(client, pictures.png())
    assert answer.status_code == 429
    assert "new guests" in answer.json()["detail"]
    assert answer.headers["Retry-After"] == str(12 * 3600)
    assert send(client, pictures.png(), token).status_code == 200


def test_narrower_of_two_limits_is_told(client, limits):
    limits(uploads_unregistered=5, new_guests=3)
    assert told(send(client))[:2] == [3, 2]


@pytest.mark.parametrize("path", ["/upload/url", "/upload/presign", "/upload/complete"])
def test_upload_routes_are_counted_together(client, limits, path):
    limits(uploads_unregistered=1)
    send(client)
    assert client.post(path, json={"url": "x", "size": 1, "upload_id": "x"}).status_code == 429


@pytest.mark.parametrize("path", ["/auto", "/compress", "/resize", "/upscale", "/tag"])
def test_processing_routes_are_counted_together_and_apart_from_uploads(client, limits, path):
    limits(processing_unregistered=1)
    body = {"temp_file_ids": ["unknown"]}
    assert client.post("/auto", json=body).status_code == 404
    answer = client.post(path, json=body)
    assert (answer.status_code, answer.json()["detail"][:25]) == (429, "Too many processing calls")
    assert send(client).status_code == 415


def test_refusal_for_lack_of_credits_has_the_headers_of_credits(client, upload, monkeypatch):
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "2")
    settings.cache_clear()
    uploaded = upload(pictures.png())
    headers = {"X-Session-Token": uploaded["session_token"]}
    answer = client.post("/auto", json={"temp_file_ids": [uploaded["temp_file_id"]]}, headers=headers)
    assert (answer.status_code, answer.headers["X-RateLimit-Remaining"]) == (429, "2")
    assert "X-RateLimit-Limit" not in answer.headers


@pytest.fixture
def ask(aws):
    """Sends a request to the application itself; tells the status, the headers and whether the body was read."""

    def send_request(path: str, content_type: str, **headers: str) -> tuple[int, dict[str, str], bool]:
        messages, read = [], []
        fields = {"content-type": content_type, **headers}
        scope = {
            **{"type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b""},
            "headers": [(name.replace("_", "-").encode(), value.encode()) for name, value in fields.items()],
            "client": ("192.0.2.1", 1),
        }

        async def receive() -> dict:
            read.append(True)
            return {"type": "http.request", "body": b"{", "more_body": False}

        async def take(message: dict) -> None:
            messages.append(message)

        anyio.run(build_app(), scope, receive, take)
        answered = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
        return messages[0]["status"], answered, bool(read)

    return send_request


UPLOAD = ("/upload", "multipart/form-data; boundary=b")
PROCESS = ("/auto", "application/json")


@pytest.mark.parametrize("asked", [UPLOAD, PROCESS])
def test_the_body_of_a_refused_request_is_not_read(ask, limits, asked):
    limits(uploads_unregistered=1, processing_unregistered=1)
    status, _, was_read = ask(*asked)
    assert (status in (400, 422), was_read) == (True, True)
    status, headers, was_read = ask(*asked)
    assert (status, headers["x-ratelimit-remaining"], was_read) == (429, "0", False)


@pytest.mark.parametrize("asked", [UPLOAD, PROCESS])
def test_body_of_a_request_with_an_invalid_credential_is_not_read(ask, asked):
    status, _, was_read = ask(*asked, authorization="Bearer invented")
    assert (status, was_read) == (401, False)


@pytest.mark.parametrize("path", ["/upload", "/upload/url"])
def test_options_requests_are_not_authenticated(client, path):
    answer = client.options(path, headers={"Authorization": "Bearer invented"})
    assert answer.status_code == 200
    assert not set(HEADERS) & set(answer.headers)


def test_a_body_that_can_not_be_read_counts_as_well(ask, limits):
    limits(processing_unregistered=2)
    answers = [ask(*PROCESS) for _ in range(3)]
    assert [status for status, *_ in answers] == [422, 422, 429]
    assert [headers["x-ratelimit-remaining"] for _, headers, _ in answers] == ["1", "0", "0"]


def test_a_request_counts_once(client, upload, limits):
    limits(uploads_unregistered=5, new_guests=5)
    token = upload(pictures.png())["session_token"]
    assert [told(send(client, pictures.png(), token))[1] for _ in range(2)] == [4, 3]
    assert told(send(client))[1] == 3


def test_principal_is_looked_up_once(client, upload, monkeypatch):
    uploaded, looked = upload(pictures.png()), []
    find = authentication.authenticate
    monkeypatch.setattr(authentication, "authenticate", lambda *given: looked.append(given) or find(*given))
    headers = {"X-Session-Token": uploaded["session_token"]}
    client.post("/auto", json={"temp_file_ids": [uploaded["temp_file_id"]]}, headers=headers).raise_for_status()
    assert looked == [(uploaded["session_token"], None)]


def test_request_that_can_not_be_counted_is_refused(client, monkeypatch):
    def fail(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://table")

    monkeypatch.setattr(clients.dynamodb(), "update_item", fail)
    answer = send(client, pictures.png())
    assert (answer.status_code, answer.json()) == (503, {"detail": "Storage did not answer. Please try again."})


def test_answers_without_a_limit_tell_of_none(client):
    assert not set(HEADERS) & set(client.get("/health").headers)


def test_an_address_is_not_logged(client, log_lines):
    send(client, address="192.0.2.77")
    assert not [line for line in map(str, log_lines()) if "192.0.2.77" in line or "testclient" in line]


CODE = "a" * 43


@pytest.fixture
def device_login(aws):
    """Routes that have the limits of a device's login."""
    app = FastAPI()
    limits = {"/device-code": ["device-code"], "/token": ["polls-by-address", "token-poll"], "/approve": ["approve"]}
    for path, names in limits.items():
        app.add_api_route(path, lambda: {}, dependencies=[limit(name) for name in names])
    add_error_handlers(app)
    app.add_middleware(RateLimitHeaders)
    return app


@pytest.mark.parametrize("path", ["/device-code", "/approve"])
def test_a_devices_login_is_limited_to_ten_an_hour_from_an_address(device_login, at, path):
    client, other = (DirectClient(device_login, client=(f"192.0.2.{number}", 1)) for number in (1, 2))
    assert [client.get(path).status_code for _ in range(12)] == [200] * 10 + [429] * 2
    assert client.get(path).headers["Retry-After"] == "3600"
    assert other.get(path).status_code == 200


def test_a_token_can_be_asked_for_every_three_seconds(device_login, at):
    """Clients do so, and may begin at any second of a minute."""
    client = DirectClient(device_login)
    for second in range(0, 300, 3):
        at(NOON + timedelta(seconds=second + 1.7))
        assert client.get("/token", params={"device_code": CODE}).status_code == 200


def test_a_token_is_not_answered_more_often(device_login, at):
    client = DirectClient(device_login)

    def ask(code):
        return client.get("/token", params={"device_code": code}).status_code

    assert [ask(CODE) for _ in range(31)] == [200] * 30 + [429]
    assert ask("b" * 43) == 200


def test_invented_codes_are_counted_by_address_and_take_no_room(device_login, at, monkeypatch):
    monkeypatch.setenv("IMGOPT_RATE_POLLS_BY_ADDRESS", "3")
    settings.cache_clear()
    client, other = (DirectClient(device_login, client=(f"192.0.2.{number}", 1)) for number in (1, 2))
    asked = [client.get("/token", params={"device_code": f"invented-{number}"}) for number in range(4)]
    assert [answer.status_code for answer in asked] == [200] * 3 + [429]
    assert other.get("/token", params={"device_code": CODE}).status_code == 200
    counted = [item["pk"].split("#")[1] for item in table.scan("RATE")]
    assert sorted(counted) == ["polls-by-address", "polls-by-address", "token-poll"]


@pytest.fixture
def process(client, upload):
    """Processes an upload of its own, as a new guest."""

    def ask(data: bytes = b""):
        uploaded = upload(data or pictures.png())
        headers = {"X-Session-Token": uploaded["session_token"]}
        return client.post("/auto", json={"temp_file_ids": [uploaded["temp_file_id"]]}, headers=headers)

    return ask


def test_new_guests_at_one_address_share_credits(process, at, monkeypatch, stored):
    monkeypatch.setenv("IMGOPT_GUESTS_PER_ADDRESS", "1")
    monkeypatch.setenv("IMGOPT_CREDITS_UNREGISTERED", "7")
    settings.cache_clear()
    answers = [process() for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["detail"].startswith("Guests at your IP address have used up their credits for today.")
    assert stored()["items"].count("JOB") == 2


def test_bytes_of_uploads_have_a_limit_a_day(client, at, limits, stored):
    data = pictures.png()
    limits(upload_bytes_unregistered=2 * (len(data) + FORM_BYTES))
    answers = [send(client, data) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["detail"].startswith("Too many bytes were uploaded today.")
    assert len(stored()["uploads"]) == 2


def test_bytes_of_a_stranger_are_counted_as_they_are_sent_and_once(client, at):
    data = pictures.png()
    token = send(client, data).json()["session_token"]
    sent = counted("count")
    assert len(data) < sent < len(data) + FORM_BYTES
    send(client, data, token)
    assert (counted("count"), counted("new_guests")) == (sent + len(data), 1)


def test_a_body_without_a_length_is_counted_when_it_is_there(client, at):
    data = pictures.png()
    headers = {"Content-Type": "image/png"}
    assert client.post("/upload", content=iter([data]), headers=headers).status_code == 200
    assert (counted("count"), counted("new_guests")) == (len(data), 1)


@pytest.mark.parametrize(
    ("event", "length"),
    [
        ({"body": "aGVsbG8h", "isBase64Encoded": True}, 6),
        ({"body": "é", "isBase64Encoded": False}, 2),
        ({"body": None}, 0),
    ],
)
def test_the_length_of_a_body_is_known_on_lambda_without_a_header(event, length):
    assert announced_bytes({"type": "http", "headers": [], "aws.event": event}) == length


def test_refused_files_leave_no_bytes_counted(client, at):
    assert [send(client, b"no image").status_code, client.post("/upload", json={}).status_code] == [415, 422]
    assert (counted("count"), counted("new_guests")) == (0, 2)


def test_more_bytes_than_there_may_be_make_no_guest(client, at, limits):
    limits(upload_bytes_unregistered=10)
    answer = send(client, pictures.png())
    assert (answer.status_code, counted("new_guests")) == (429, 0)


def counted(name: str) -> int:
    """Returns the count of new guests or of their bytes, for one address."""
    return sum(item.get(name, 0) for item in table.scan("RATE") if "#upload-bytes#" in item["pk"])


def test_announced_bytes_count_as_sent(client, at, limits):
    limits(upload_bytes_unregistered=1000)
    answers = [client.post("/upload/presign", json={"size": size}) for size in (600, 600, 400)]
    assert [answer.status_code for answer in answers] == [200, 429, 200]


@pytest.fixture
def fail_and_ask_again(client, upload):
    """A job fails for that reason; the status of the next call."""

    def ask(error: str) -> int:
        uploaded = upload(pictures.png())
        body = {"temp_file_ids": [uploaded["temp_file_id"]]}
        headers = {"X-Session-Token": uploaded["session_token"]}
        job_id = client.post("/auto", json=body, headers=headers).json()["jobs"][0]["id"]
        fail.handler({"job_id": job_id, "error": {"Error": error, "Cause": "{}"}}, None)
        return client.post("/auto", json=body, headers=headers).status_code

    return ask


@pytest.mark.parametrize("error", ["InvalidImage", "TooCostly"])
def test_owner_of_too_many_failed_jobs_is_refused_until_the_next_day(fail_and_ask_again, limits, error):
    limits(failed_jobs_unregistered=1)
    assert fail_and_ask_again(error) == 429


@pytest.mark.parametrize("error", ["Unavailable", "KeyError"])
def test_jobs_failed_by_the_service_are_not_counted(fail_and_ask_again, limits, error):
    limits(failed_jobs_unregistered=1)
    assert fail_and_ask_again(error) == 200
