"""Only requests that are signed by this cloud's key, unchanged and recent, reach the emulator."""

import hashlib
import io
from dataclasses import replace

import pytest
from botocore.auth import S3SigV4Auth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.emulator.keys import REGION, AccessKey, new_access_key
from tests.emulator.requests import ENDPOINT, KEY, Asked, address, ask, call, on_the_wire

ARN = "arn:aws:lambda:us-east-1:000000000000:function:ImgoptApi-Images"
BODY = b"x" * 2500
ITEM = {"pk": {"S": "JOB#ü"}, "sk": {"S": "JOB"}}
CALLS = (
    ("dynamodb", "put_item", {"TableName": "t", "Item": ITEM}),
    (
        "s3",
        "put_object",
        {"Bucket": "uploads", "Key": "a b/ü+1 (2)~.png", "Body": b"x" * 2500, "Metadata": {"a": " b  c "}},
    ),
    ("s3", "put_object", {"Bucket": "uploads", "Key": "file", "Body": io.BytesIO(BODY)}),
    ("s3", "get_object", {"Bucket": "uploads", "Key": "a/../b//c", "Range": "bytes=0-9"}),
    ("s3", "list_objects_v2", {"Bucket": "uploads", "Prefix": "a b/+&=ü", "Delimiter": "/"}),
    ("s3", "get_bucket_acl", {"Bucket": "uploads"}),
    ("s3", "delete_objects", {"Bucket": "uploads", "Delete": {"Objects": [{"Key": "a"}]}}),
    ("lambda", "invoke", {"FunctionName": ARN, "Payload": b'{"a": 1}'}),
    ("lambda", "list_functions", {}),
    ("sqs", "send_message", {"QueueUrl": f"{ENDPOINT}/000000000000/jobs", "MessageBody": "ü"}),
    ("cloudformation", "describe_stacks", {"StackName": "a b"}),
    ("stepfunctions", "start_execution", {"stateMachineArn": ARN, "input": "{}"}),
    ("scheduler", "get_schedule", {"Name": "a.b", "GroupName": "c d"}),
    ("cognito-idp", "list_user_pools", {"MaxResults": 3}),
)
PUT, SCAN = CALLS[1], ("dynamodb", "scan", {"TableName": "t"})


def made(what: tuple) -> Asked:
    service, operation, parameters = what
    return call(service, operation, **parameters)


@pytest.mark.parametrize("what", CALLS, ids=lambda what: f"{what[0]}-{what[1]}")
def test_signed_requests_reach_the_emulator(what):
    asked = made(what)
    answer = ask(asked)
    assert (answer.status, answer.seen and answer.seen.body) == (200, asked.body)


@pytest.mark.parametrize("what", CALLS, ids=lambda what: f"{what[0]}-{what[1]}")
@pytest.mark.parametrize("key", [AccessKey(KEY.id, new_access_key().secret), AccessKey("111111111111", KEY.secret)])
def test_signature_by_another_key_is_refused(what, key):
    answer = ask(made(what), key=key)
    assert (answer.status, answer.is_refused) == (403, True)


def rewrite(asked: Asked, old: str, new: str) -> Asked:
    return asked.having(authorization=asked.headers["authorization"].replace(old, new))


def a_second_off(time: str) -> str:
    """`20261129T120000Z` and the like, one second after an even and before an odd one."""
    return f"{time[:-2]}{int(time[-2]) ^ 1}Z"


CHANGES = {
    "method": lambda asked: replace(asked, method="DELETE"),
    "path": lambda asked: replace(asked, target=asked.target + "x"),
    "case of an encoding": lambda asked: replace(asked, target=asked.target + "%2f"),
    "dots": lambda asked: replace(asked, target="/x/.." + asked.target),
    "query": lambda asked: replace(asked, target=f"{asked.target}?acl"),
    "header": lambda asked: asked.having(x_amz_date=a_second_off(asked.headers["x-amz-date"])),
    "an amazon header more": lambda asked: asked.having(x_amz_acl="public-read"),
    "content type": lambda asked: asked.having(content_type="text/html"),
    "service": lambda asked: rewrite(asked, "/s3/", "/sts/"),
    "no host among the names": lambda asked: asked.having(
        authorization=asked.headers["authorization"].replace("host;", "")
    ),
    "a name twice": lambda asked: asked.having(
        authorization=asked.headers["authorization"].replace("host;", "host;host;")
    ),
    "no date": lambda asked: asked.without("x-amz-date"),
    "signature": lambda asked: asked.having(authorization=asked.headers["authorization"][:-1] + "g"),
    "signature version 2": lambda asked: asked.having(authorization=f"AWS {KEY.id}:c2lnbmF0dXJl"),
    "no signature": lambda asked: asked.without("authorization"),
    "signed for the address, too": lambda asked: replace(asked, target=address().target),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_changed_request_is_refused(change):
    asked = call("s3", "put_object", Bucket="uploads", Key="a", Body=b"x", ContentType="image/png")
    changed = change(asked)
    answer = ask(changed)
    assert (changed != asked, answer.status in (400, 403), answer.is_refused) == (True, True, True)


def test_a_signature_does_not_do_for_another_path_or_service():
    signed, other = made(SCAN), made(CALLS[0])
    assert ask(replace(other, headers=signed.headers)).is_refused
    assert ask(replace(signed, headers={**signed.headers, "x-amz-target": "DynamoDB_20120810.DeleteTable"})).is_refused


@pytest.mark.parametrize("what", [PUT, CALLS[0]], ids=["s3", "dynamodb"])
@pytest.mark.parametrize("change", [lambda body: body[:-1], lambda body: body + b"x", lambda body: b"y" + body[1:]])
def test_changed_body_is_refused_before_the_emulator_has_all_of_it(what, change):
    asked = made(what)
    answer = ask(replace(asked, body=change(asked.body)))
    assert (answer.status in (400, 403), answer.is_refused) == (True, True)


@pytest.mark.parametrize(("seconds", "is_refused"), [(-840, False), (840, False), (-960, True), (960, True)])
def test_a_request_is_good_for_a_quarter_of_an_hour(seconds, is_refused):
    answer = ask(made(SCAN), after=seconds)
    assert answer.is_refused == is_refused
    assert not is_refused or b"RequestTimeTooSkewed" in answer.body


def by_hand(payload: str, body: bytes, service: str = "s3") -> Asked:
    """Signed with what stands for the body's hash."""
    request = AWSRequest("PUT", f"{ENDPOINT}/uploads/a", headers={"X-Amz-Content-SHA256": payload}, data=body)
    signer = type("Signer", (S3SigV4Auth,), {"payload": lambda *_: payload})
    signer(Credentials(KEY.id, KEY.secret), service, REGION).add_auth(request)
    return replace(on_the_wire(request.prepare()), body=body)


@pytest.mark.parametrize("payload", ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_a_body_may_be_left_unsigned_for_s3_alone(payload):
    body = b"4\r\nabcd\r\n0\r\nx-amz-checksum-crc32:7YL/kA==\r\n\r\n"
    assert ask(by_hand(payload, body)).seen.body == body
    refused = ask(by_hand(payload, body, "dynamodb"))
    assert (refused.status, refused.is_refused) == (501, True)


def test_a_body_signed_part_by_part_is_refused():
    """boto3 sends none, and nobody else has the key."""
    refused = ask(by_hand("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", b""))
    assert (refused.status, refused.is_refused) == (501, True)


def test_the_body_has_to_be_that_of_the_signed_hash():
    right, wrong = (by_hand(hashlib.sha256(data).hexdigest(), b"x" * 2500) for data in (b"x" * 2500, b"y"))
    assert not ask(right).is_refused
    answer = ask(wrong)
    assert (answer.status, answer.is_refused) == (400, True)
    assert b"XAmzContentSHA256Mismatch" in answer.body


def test_only_a_short_body_is_held_to_be_read_first(monkeypatch):
    monkeypatch.setattr("local.emulator.guard.MOST_BYTES", 1000)
    service, operation, parameters = CALLS[0]
    asked = call(service, operation, **{**parameters, "Item": {**ITEM, "x": {"S": "x" * 2000}}})
    assert (ask(asked).status, ask(asked).is_refused) == (413, True)
    assert not ask(made(PUT)).is_refused  # is hashed as it passes


def test_a_signed_address_is_taken_with_the_headers_of_a_download():
    answer = ask(address().having(range="bytes=0-1", x_target="Scan", cookie="a=b"))
    assert (answer.status, answer.seen.target) == (200, "/results/a b/ü+1.png")
    assert set(answer.seen.headers) == {"host", "range"}


def test_a_signed_address_leads_to_no_other_service_by_a_body():
    asked = replace(address(), body=b"Action=ListQueues&Version=2012-11-05")
    sent = ask(asked.having(content_type="application/x-www-form-urlencoded", content_length="36")).seen
    assert (sent.body, set(sent.headers)) == (b"", {"host"})


def test_addresses_are_signed_for_downloads_alone():
    assert ask(replace(address("put_object"), method="PUT", body=b"x")).is_refused


ADDRESSES = {
    "path": lambda asked: replace(asked, target=asked.target.replace("/results/", "/uploads/")),
    "a parameter more": lambda asked: replace(asked, target=asked.target + "&acl"),
    "a parameter twice": lambda asked: replace(asked, target=asked.target + "&X-Amz-Expires=604800"),
    "validity": lambda asked: replace(asked, target=asked.target.replace("Expires=60", "Expires=600")),
    "too long a validity": lambda asked: replace(asked, target=address(seconds=604801).target),
    "signature": lambda asked: replace(asked, target=asked.target[:-1] + "g"),
    "no signature": lambda asked: replace(asked, target=asked.target.rpartition("&")[0]),
    "an amazon header": lambda asked: asked.having(x_amz_target="DynamoDB_20120810.Scan"),
    "method": lambda asked: replace(asked, method="DELETE"),
    "a token as well": lambda asked: asked.having(authorization="Bearer x"),
    "signature version 2": lambda asked: replace(
        asked, target=f"/results/a?AWSAccessKeyId={KEY.id}&Signature=x&Expires=9999999999"
    ),
    "bytes that are no text": lambda asked: replace(asked, target=asked.target + "&a=%ff"),
}


@pytest.mark.parametrize("change", ADDRESSES.values(), ids=ADDRESSES)
def test_a_changed_address_is_refused(change):
    changed = change(address())
    answer = ask(changed)
    assert (changed != address(), answer.status in (400, 403), answer.is_refused) == (True, True, True)


@pytest.mark.parametrize(("seconds", "is_refused"), [(58, False), (60, True), (-960, True)])
def test_an_address_is_good_until_it_expires(seconds, is_refused):
    assert ask(address(), after=seconds).is_refused == is_refused


def test_addresses_are_for_files_alone():
    request = AWSRequest("GET", f"{ENDPOINT}/2015-03-31/functions")
    SigV4QueryAuth(Credentials(KEY.id, KEY.secret), "lambda", REGION, expires=60).add_auth(request)
    assert ask(on_the_wire(request.prepare())).is_refused


def test_the_same_signature_is_refused_after_a_new_start():
    """Each start has its own key."""
    assert ask(made(SCAN), key=new_access_key()).is_refused
    assert ask(address(), key=new_access_key()).is_refused


def test_a_key_is_not_shown():
    assert KEY.secret not in repr(KEY)
    assert KEY.gateway_token != KEY.secret
    assert len({new_access_key().secret for _ in range(3)}) == 3


def test_signers_of_other_services_are_read_in_the_same_way():
    request = AWSRequest("GET", f"{ENDPOINT}/_ministack/health")
    SigV4Auth(Credentials(KEY.id, KEY.secret), "health", REGION).add_auth(request)
    assert not ask(on_the_wire(request.prepare())).is_refused
