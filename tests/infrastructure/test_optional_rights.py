"""The permissions that settings add to roles are those that tests of handlers assume (tests/roles/options.py).

The worker on GPUs is there by a setting, too: its role is asked for all that its program does.
"""

import pytest

from cdk.concurrency import SHARES
from tests.conftest import EXPRESS_MACHINE, MACHINE_ARN, NAMES, RESULTS, STATE_MACHINE, UPLOADS
from tests.infrastructure.variants import VARIANTS
from tests.roles.options import FILES, READ, READERS
from tests.roles.policies import Action, Installation
from tests.roles.requests import actions_of

FUNCTIONS = ("Images", *SHARES)
NAMED = [
    (variant, setting)
    for variant, context in VARIANTS.items()
    for setting in READERS
    if f"IMGOPT_{setting.upper()}" in context["settings"]
]


def test_each_secret_is_named_by_an_installation():
    assert {setting for _, setting in NAMED} == READERS.keys()


@pytest.mark.parametrize(("variant_name", "setting"), NAMED)
def test_a_secret_is_read_by_those_who_need_it_and_by_no_others(variant, variant_name, setting):
    installation = Installation(variant(variant_name), NAMES)
    secret = Action(READ, VARIANTS[variant_name]["settings"][f"IMGOPT_{setting.upper()}"])
    assert {each for each in FUNCTIONS if installation.role(each).allows(secret)} == READERS[setting]


@pytest.mark.parametrize(("name", "action", "pattern"), FILES)
def test_files_are_read_by_whoever_a_setting_makes_their_reader(variant, name, action, pattern):
    installation = Installation(variant("another issuer behind a proxy"), NAMES)
    assert installation.role(name).allows(Action(action, pattern.replace("*", "1")))


WORKERS_CALLS = [
    *(("sqs", operation) for operation in ("ReceiveMessage", "DeleteMessage", "ChangeMessageVisibility")),
    ("s3", "GetObject"),
    ("s3", "PutObject"),
]


@pytest.fixture
def worker(variant):
    """The role of the worker, and the queue of its orders."""
    installation = Installation(variant("another issuer behind a proxy"), NAMES)
    queues = [name for _, name, _ in installation.resources("AWS::SQS::Queue") if name.startswith("Upscales")]
    return installation.role("Task"), queues[0]


@pytest.mark.parametrize(("service", "operation"), WORKERS_CALLS)
def test_a_worker_may_take_orders_and_carry_them_out(worker, service, operation):
    role, queue = worker
    bucket, folder = (RESULTS, "intermediate") if operation == "PutObject" else (UPLOADS, "uploads")
    params = {"QueueUrl": f"https://sqs.us-east-1.amazonaws.com/1/{queue}", "Bucket": bucket, "Key": f"{folder}/1"}
    assert all(role.allows(action) for action in actions_of(service, operation, params))


@pytest.mark.parametrize("operation", ["SendTaskSuccess", "SendTaskFailure", "SendTaskHeartbeat"])
def test_a_worker_may_answer_the_machine_that_waits_and_no_other(worker, operation):
    machines = [Action(f"states:{operation}", MACHINE_ARN + name) for name in (STATE_MACHINE, EXPRESS_MACHINE)]
    assert [worker[0].allows(action) for action in machines] == [True, False]


def test_a_worker_may_not_delete_files(worker):
    assert not worker[0].allows(Action("s3:DeleteObject", f"arn:aws:s3:::{UPLOADS}/uploads/1"))
