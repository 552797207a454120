"""Files that browsers upload by a signed form."""

from dataclasses import replace

import httpx2
import pytest

from local.emulator.keys import new_access_key
from tests.emulator.requests import ENDPOINT, KEY, OWN, Asked, ask, client

FILE = bytes(range(256)) * 20


def fields(key=KEY, seconds=60, bucket="uploads", **extra):
    conditions = [{"Content-Type": "image/png"}, ["content-length-range", 1, 10_000]]
    form = client("s3", key).generate_presigned_post(
        bucket, "uploads/1", Fields={"Content-Type": "image/png"}, Conditions=conditions, ExpiresIn=seconds
    )
    return {**form["fields"], **extra}


def form(sent: dict, path: str = "/uploads", data: bytes = FILE, last: dict | None = None) -> Asked:
    """Returns a form as a browser sends it; `last` follows the file."""
    parts = [(name, (None, value)) for name, value in sent.items()]
    parts += [("file", ('a"b.png', data, "image/png"))]
    parts += [(name, (None, value)) for name, value in (last or {}).items()]
    request = httpx2.Request("POST", f"{ENDPOINT}{path}", files=parts)
    return Asked("POST", path, dict(request.headers), request.read())


def parts_of(asked: Asked) -> dict[str, bytes]:
    """Splits a form wherever the boundary occurs, as the emulator does."""
    boundary = b"--" + asked.headers["content-type"].partition("boundary=")[2].encode()
    found = {}
    for part in asked.body.split(boundary)[1:-1]:
        head, _, value = part.partition(b"\r\n\r\n")
        found[head.split(b'name="')[1].split(b'"')[0].decode()] = value.removesuffix(b"\r\n")
    return found


def test_a_signed_form_reaches_the_emulator_with_its_fields_and_its_file():
    sent = fields()
    answer = ask(form(sent))
    assert answer.status == 200
    assert parts_of(answer.seen) == {**{name: value.encode() for name, value in sent.items()}, "file": FILE}
    assert answer.seen.body.endswith(b"--\r\n")


@pytest.mark.parametrize("size", [0, 1, 1000, 5000])
def test_files_of_any_size_are_passed_on_as_they_are(size):
    assert parts_of(ask(form(fields(), data=FILE[:size])).seen)["file"] == FILE[:size]


def test_fields_inside_a_file_stay_the_file():
    whole = form(fields())
    boundary = whole.headers["content-type"].partition("boundary=")[2]
    tricky = f'x--{boundary}\r\nContent-Disposition: form-data; name="key"\r\n\r\nother\r\nx--{boundary}--'.encode()
    asked = replace(whole, body=whole.body.replace(FILE, tricky))
    assert parts_of(ask(asked).seen)["file"] == tricky


FORMS = {
    "another key": lambda: form(fields(new_access_key())),
    "another bucket": lambda: form(fields(), "/results"),
    "no bucket": lambda: form(fields(), "/_ministack/reset"),
    "a key in the bucket": lambda: form(fields(), "/uploads/a"),
    "a query": lambda: form(fields(), "/uploads?delete"),
    "another policy": lambda: form(fields(policy=fields()["policy"][:-4] + "fX0=")),
    "no policy": lambda: form({**fields(), "policy": ""}),
    "no signature": lambda: form({**fields(), "x-amz-signature": ""}),
    "no fields": lambda: form({"key": "a"}),
    "another service": lambda: form(fields(**{"x-amz-credential": fields()["x-amz-credential"].replace("s3", "sqs")})),
    "a field after the file": lambda: form(fields(), last={"acl": "public-read"}),
    "a second file": lambda: form(fields(), last={"file": "x"}),
    "a field twice": lambda: form({**fields(), "KEY": "other"}),
    "a field with an odd name": lambda: form({**fields(), 'a";b': "c"}),
    "a field that is too long": lambda: form({**fields(), "x-ignore-a": "x" * 30_000}),
    "no file": lambda: replace(form(fields()), body=form(fields()).body[:200]),
    "no end": lambda: replace(form(fields()), body=form(fields()).body[:-60]),
    "no form": lambda: replace(form(fields()), body=b"x" * 3000),
    "no boundary": lambda: form(fields()).having(content_type="multipart/form-data"),
}


@pytest.mark.parametrize("make", FORMS.values(), ids=FORMS)
def test_other_forms_are_refused(make):
    answer = ask(make())
    assert (answer.status in (400, 403), answer.is_refused) == (True, True)


@pytest.mark.parametrize("size", [10_001, 30_000])
def test_a_file_beyond_the_size_of_its_policy_is_refused_before_the_emulator_has_it(size):
    answer = ask(form(fields(), data=bytes(size)))
    assert (answer.status, answer.is_refused) == (400, True)
    assert b"EntityTooLarge" in answer.body


def test_a_form_is_good_until_it_expires():
    sent = form(fields())
    assert not ask(sent, after=58).is_refused
    assert ask(sent, after=60).is_refused


def test_a_script_of_the_service_reads_the_answer_and_others_send_nothing():
    sent = form(fields())
    assert ask(sent.having(origin=OWN)).headers["access-control-allow-origin"] == OWN
    assert ask(sent.having(origin="https://evil.example")).is_refused


def test_headers_that_a_form_does_not_need_are_left_out():
    answer = ask(form(fields()).having(x_amz_target="DynamoDB_20120810.Scan", content_encoding="gzip"))
    assert set(answer.seen.headers) == {"accept", "content-type", "host", "user-agent"} & set(answer.seen.headers)
    assert "content-encoding" not in answer.seen.headers
