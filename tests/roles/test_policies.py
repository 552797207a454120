"""Roles are evaluated by IAM's rules, and tests of handlers find missing permissions."""

import copy
from typing import Any

import pytest
from botocore.exceptions import ClientError

from functions.stages import plan
from tests import pictures
from tests.conftest import NAMES, TABLE, UPLOADS
from tests.roles.enforcement import Rights, called_by, enforced
from tests.roles.policies import ACCOUNT, REGION, Action, Installation, Role, Statement
from tests.roles.requests import LEADING_KEYS, PREFIX, actions_of
from tests.roles.routes import Routes

TABLE_ARN = f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{TABLE}"
FILES = f"arn:aws:s3:::{UPLOADS}"
STATES = f"arn:aws:states:{REGION}:{ACCOUNT}"


@pytest.fixture(scope="module")
def installation(templates):
    return Installation(templates, NAMES)


def of_key(name: str, *keys: str) -> Action:
    return Action(f"dynamodb:{name}", TABLE_ARN, {LEADING_KEYS: keys})


@pytest.mark.parametrize(
    ("function", "action", "allowed"),
    [
        ("Plan", of_key("UpdateItem", "JOB#1"), True),
        ("Plan", of_key("UpdateItem", "USER#1"), False),
        ("Plan", of_key("PutItem", "JOB#1"), False),
        ("Finish", of_key("BatchWriteItem", "JOB#1", "SLOTS#1"), True),
        ("Finish", of_key("BatchWriteItem", "JOB#1", "USER#1"), False),
        ("Optimize", Action("s3:GetObject", f"{FILES}/uploads/1"), True),
        ("Optimize", Action("s3:GetObject", f"{FILES}/incoming/1"), False),
        ("Optimize", Action("s3:DeleteObject", f"{FILES}/uploads/1"), False),
        ("Images", Action("s3:ListBucket", FILES, {PREFIX: ("uploads/" + "1" * 36,)}), True),
        ("Images", Action("s3:ListBucket", FILES, {PREFIX: ("uploads/",)}), False),
        ("Images", Action("s3:ListBucket", FILES, {PREFIX: ("",)}), False),
        ("Images", Action("dynamodb:Query", f"{TABLE_ARN}/index/owned", {LEADING_KEYS: ("1",)}), True),
        ("Images", Action("dynamodb:Query", f"{TABLE_ARN}/index/agenda", {LEADING_KEYS: ("1",)}), False),
        (
            "Reconcile",
            Action("states:StartExecution", f"{STATES}:stateMachine:optimize"),
            True,
        ),
        (
            "Reconcile",
            Action("states:DescribeExecution", f"{STATES}:execution:optimize:1"),
            True,
        ),
        ("Plan", Action("states:StartExecution", f"{STATES}:stateMachine:optimize"), False),
    ],
    ids=str,
)
def test_a_role_allows_what_its_statements_cover(installation, function, action, allowed):
    assert installation.role(function).allows(action) is allowed


def test_a_denied_action_is_refused_whatever_else_is_allowed():
    allow = Statement(True, ("s3:*",), ("*",), {})
    deny = Statement(False, ("s3:DeleteObject",), ("arn:aws:s3:::kept/*",), {})
    role = Role([allow, deny])
    assert role.allows(Action("s3:GetObject", "arn:aws:s3:::kept/1"))
    assert not role.allows(Action("s3:DeleteObject", "arn:aws:s3:::kept/1"))


def test_a_transaction_needs_the_right_to_each_of_its_writes():
    key = {"pk": {"S": "JOB#1"}, "sk": {"S": "JOB"}}
    writes = [{"Put": {"TableName": "t", "Item": key}}, {"Delete": {"TableName": "t", "Key": key}}]
    found = actions_of("dynamodb", "TransactWriteItems", {"TransactItems": writes})
    assert [each.name for each in found] == ["dynamodb:PutItem", "dynamodb:DeleteItem"]


@pytest.mark.parametrize(("service", "operation"), [("s3", "CopyObject"), ("dynamodb", "ListTables")])
def test_an_operation_that_the_code_never_had_is_not_judged_by_guess(service, operation):
    with pytest.raises(LookupError):
        list(actions_of(service, operation, {"Bucket": "b", "Key": "k", "TableName": "t"}))


@pytest.mark.parametrize(
    ("method", "path", "function"),
    [
        ("GET", "/", "Images"),
        ("POST", "/upload", "Images"),
        ("GET", "/download/1", "Streaming"),
        ("HEAD", "/download/1", "Images"),
        ("GET", "/download/1/url", "Images"),
        ("GET", "/status/stream", "Streaming"),
        ("POST", "/internal/cleanup", "Internal"),
        ("POST", "/process", "Internal"),
        ("POST", "/webhooks/stripe", "Billing"),
        ("GET", "/billing", "Images"),
    ],
)
def test_a_request_goes_to_the_function_of_the_route_that_fits_best(templates, method, path, function):
    assert Routes(templates["ImgoptApi"]).function_of(method, path) == function


def without(templates: dict[str, Any], role: str, action: str) -> dict[str, Any]:
    """The same templates, but for one action of one role."""
    broken = copy.deepcopy(templates)
    for template in broken.values():
        for logical_id, resource in template["Resources"].items():
            if resource["Type"] == "AWS::IAM::Policy" and logical_id.startswith(f"{role}Role"):
                document = resource["Properties"]["PolicyDocument"]
                document["Statement"] = [each for each in document["Statement"] if action not in str(each["Action"])]
    return broken


def test_a_stage_whose_role_lacks_a_right_is_refused(submit, templates):
    job = submit(pictures.png())
    with (
        pytest.raises(AssertionError, match="Plan may not: dynamodb:UpdateItem"),
        enforced(Rights(without(templates, "Plan", "dynamodb:UpdateItem"), NAMES)),
        called_by(""),
        pytest.raises(ClientError, match="AccessDenied"),
    ):
        plan.handler({"job_id": job["id"]}, None)


def test_a_request_whose_function_lacks_a_right_is_refused(client, templates):
    form = {"filename": "a.png", "content_type": "image/png", "size": 9}
    with (
        pytest.raises(AssertionError, match="Images may not: s3:PutObject on arn:aws:s3:::uploads/incoming/"),
        enforced(Rights(without(templates, "Images", "s3:PutObject"), NAMES)),
    ):
        assert client.post("/upload/presign", json=form).status_code == 500
