"""Failures before the debit, lost answers, and what is stored after them."""

import pytest

from imgopt import authentication, derivation
from imgopt.accounts.model import Credential, Principal
from imgopt.accounts.plans import Tier
from imgopt.errors import Unavailable
from imgopt.jobs import results
from imgopt.settings import settings
from imgopt.storage import clients, secrets, table
from tests import pictures
from tests.conftest import UPLOADS
from tests.faults.injection import Injection, Kind, injected
from tests.faults.shapes import OF_EACH_WAY, Shape

DOWN = Shape("ServiceUnavailable", 503)
HOOK = {"callback_url": "https://shop.example/hook"}


def used(owner_items: list[dict]) -> int:
    return sum(int(item["used"]["N"]) for item in owner_items if item["pk"]["S"].startswith("CREDITS#"))


def scan() -> list[dict]:
    return clients.dynamodb().scan(TableName="table")["Items"]


@pytest.mark.parametrize("shape", OF_EACH_WAY, ids=str)
def test_call_is_not_charged_if_the_callback_secret_can_not_be_read(client, upload, monkeypatch, stored, shape):
    monkeypatch.setattr(authentication, "authenticate", lambda *_: Principal("ada", Tier.FREE, Credential.JWT))
    uploaded = upload(pictures.png())
    monkeypatch.delenv("IMGOPT_SIGNING_SECRET")
    monkeypatch.setenv("IMGOPT_SIGNING_SECRET_ARN", "arn")
    settings.cache_clear()
    secrets.forget()
    body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": HOOK}
    with injected(Injection(2, Kind.REFUSED, shape)) as injection:
        answer = client.post("/auto", json=body)
    assert injection.calls[2] == "GetSecretValue"
    assert (answer.status_code, used(scan())) == (503, 0)
    assert "JOB" not in stored()["items"]
    monkeypatch.setattr(derivation, "_lines", lambda **_: ["secret"])
    again = client.post("/auto", json=body).json()
    assert again["callback_secret"]
    assert used(scan()) == again["credits_used"] == 3


def calls_of(ask) -> list[str]:
    with injected(Injection.none()) as injection:
        ask()
    return injection.calls


@pytest.mark.parametrize("kind", Kind)
def test_an_upload_has_a_record_and_its_bytes_or_neither(client, stored, kind):
    def send():
        return client.post("/upload", files={"file": ("a.png", pictures.png())})

    for number, call in enumerate(calls_of(send)):
        if call not in ("PutObject", "PutItem"):
            continue
        before = stored()
        with injected(Injection(number, kind, DOWN)):
            answer = send()
        after = stored()
        made = len(after["uploads"]) - len(before["uploads"])
        assert made == after["items"].count("FILE") - before["items"].count("FILE"), (number, call)
        assert made == (answer.status_code == 200), (number, call)


def test_bytes_that_could_not_be_taken_back_do_not_hide_why(client, monkeypatch):
    """The call does not wait for their removal, since `cleanup` finds them."""

    def fail(*_: object) -> None:
        raise Unavailable("down")

    monkeypatch.setattr(table, "put_new", fail)
    monkeypatch.setattr("imgopt.storage.objects.delete", fail)
    assert client.post("/upload", files={"file": ("a.png", pictures.png())}).status_code == 503


@pytest.mark.parametrize("shape", OF_EACH_WAY, ids=str)
def test_an_upload_that_breaks_while_it_is_checked_can_be_completed_again(client, shape):
    data = pictures.png()
    body = client.post("/upload/presign", json={"size": len(data)}).json()
    clients.s3().put_object(Bucket=UPLOADS, Key=body["fields"]["key"], Body=data)
    headers = {"X-Session-Token": body["session_token"]}

    def complete() -> int:
        return client.post("/upload/complete", json={"upload_id": body["upload_id"]}, headers=headers).status_code

    with injected(Injection(3, Kind.REFUSED, shape)) as injection:
        assert complete() in (200, 503)  # it may go on by itself where it broke
    assert injection.calls[3] == "GetObject"
    assert complete() == 200


def test_upload_whose_body_breaks_off_can_be_completed_again(client, monkeypatch):
    data = pictures.png()
    body = client.post("/upload/presign", json={"size": len(data)}).json()
    clients.s3().put_object(Bucket=UPLOADS, Key=body["fields"]["key"], Body=data)
    headers = {"X-Session-Token": body["session_token"]}
    complete = {"json": {"upload_id": body["upload_id"]}, "headers": headers}
    with monkeypatch.context() as broken:
        broken.setattr("urllib3.response.HTTPResponse.read", breaking)
        broken.setattr("botocore.response.StreamingBody.read", breaking)
        assert client.post("/upload/complete", **complete).status_code == 503
    assert client.post("/upload/complete", **complete).status_code == 200


def breaking(*_: object, **__: object) -> bytes:
    from botocore.exceptions import ResponseStreamingError

    raise ResponseStreamingError(error="broken")


def test_deleting_a_job_that_is_under_way_can_be_repeated(client, upload):
    uploaded = upload(pictures.png())
    headers = {"X-Session-Token": uploaded["session_token"]}

    def submit() -> str:
        body = {"temp_file_ids": [upload(pictures.png(), token=uploaded["session_token"])["temp_file_id"]]}
        return client.post("/auto", json=body, headers=headers).json()["jobs"][0]["id"]

    first = submit()
    for number in range(len(calls_of(lambda: client.delete(f"/jobs/{first}", headers=headers)))):
        job_id = submit()
        for kind in Kind:
            with injected(Injection(number, kind, DOWN)):
                answer = client.delete(f"/jobs/{job_id}", headers=headers)
            if answer.status_code == 200:
                break
            assert answer.status_code == 503
        else:
            assert client.delete(f"/jobs/{job_id}", headers=headers).status_code == 200
        assert used(scan()) == 0


def test_finishing_is_not_spoiled_by_what_is_only_counted(submit, run_stages, client, monkeypatch):
    """A place in line, a mean, and a picture that nobody needs any more."""

    def fail(*_: object, **__: object) -> None:
        raise Unavailable("down")

    job_id = submit(pictures.png())["id"]
    for name in ("add", "raise_to"):
        monkeypatch.setattr(table, name, fail)
    run_stages(job_id)
    assert client.get(f"/status/{job_id}").json()["job"]["status"] == "completed"


@pytest.mark.parametrize("shape", [each for each in OF_EACH_WAY if each.status >= 429 or each.error], ids=str)
def test_a_result_that_can_not_be_looked_at_now_is_looked_at_later(submit, run_stages, client, shape):
    """The state machine retries what is unavailable."""
    job_id = submit(pictures.png())["id"]
    state = run_stages(job_id)
    with injected(Injection(0, Kind.REFUSED, shape)), pytest.raises(Unavailable):
        results.describe_result(state["made"]["pixels"]["key"])
