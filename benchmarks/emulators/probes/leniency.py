"""Requests that AWS refuses according to its documentation, and which of them an emulator accepts."""

import json
from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.emulators.executions import make_machine, start
from benchmarks.emulators.functions import ROLE
from benchmarks.emulators.probes.objects import BUCKET, bucket
from benchmarks.emulators.server import Server

KEY = {"pk": {"S": "1"}}
LONG_NAME = "s" * 81
TABLE = "strict"


def leniency(server: Server) -> str:
    requests = refused_by_aws(server)
    return f"{len(taken(requests))} of {len(requests)}"


def taken(requests: dict[str, Callable[[], object]]) -> list[str]:
    return [name for name, ask in requests.items() if _is_taken(ask)]


def refused_by_aws(server: Server) -> dict[str, Callable[[], object]]:
    """The requests, by their fault."""
    return {**_of_machines(server), **_of_items(server), **_of_objects(server), **_of_others(server)}


def _of_machines(server: Server) -> dict[str, Callable[[], object]]:
    end: dict[str, Any] = {"Type": "Pass", "End": True}
    task = {"Type": "Task", "Resource": "arn:aws:states:::sqs:sendMessage", "Parameters": {}, "End": True}
    waits = {**task, "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken"}

    def make(states: dict[str, Any], kind: str = "STANDARD", **more: Any) -> Callable[[], object]:
        return lambda: make_machine(server, {"StartAt": next(iter(states)), "States": states, **more}, kind)

    def retry(**rule: Any) -> Callable[[], object]:
        return make({"A": {**task, "Retry": [rule]}})

    small = make({"A": end})
    return {
        "an express task that waits for a token": make({"A": waits}, "EXPRESS"),
        "a state with a name of 81 characters": make({LONG_NAME: end}),
        "a next state that is not there": make({"A": {"Type": "Pass", "Next": "B"}}),
        "States.ALL beside another error": retry(ErrorEquals=["States.ALL", "Other"]),
        "IntervalSeconds of 0": retry(ErrorEquals=["Other"], IntervalSeconds=0),
        "BackoffRate of 0.5": retry(ErrorEquals=["Other"], BackoffRate=0.5),
        "an input of 257 KiB": lambda: start(server, str(small()), "x" * 257 * 1024),
    }


def _of_items(server: Server) -> dict[str, Callable[[], object]]:
    client = server.client("dynamodb")
    with_key = {"TableName": TABLE, "Key": KEY}
    put = {"Put": {"TableName": TABLE, "Item": KEY}}
    many = [{"PutRequest": {"Item": {"pk": {"S": str(number)}}}} for number in range(26)]
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    named = [{"AttributeName": "pk", "AttributeType": "S"}]
    try:
        client.create_table(TableName=TABLE, KeySchema=key, AttributeDefinitions=named, BillingMode="PAY_PER_REQUEST")
    except (BotoCoreError, ClientError):
        return {}
    return {
        "a reserved word": lambda: client.update_item(
            **with_key, UpdateExpression="SET ttl = :t", ExpressionAttributeValues={":t": {"N": "1"}}
        ),
        "a value that is not used": lambda: client.update_item(
            **with_key, UpdateExpression="SET a = :t", ExpressionAttributeValues={":t": {"N": "1"}, ":u": {"N": "1"}}
        ),
        "one item twice in a transaction": lambda: client.transact_write_items(TransactItems=[put, put]),
        "26 items in a batch": lambda: client.batch_write_item(RequestItems={TABLE: many}),
        "a key that is empty": lambda: client.put_item(TableName=TABLE, Item={"pk": {"S": ""}}),
        "an item of 401 KB": lambda: client.put_item(TableName=TABLE, Item={**KEY, "a": {"S": "x" * 401 * 1024}}),
    }


def _of_objects(server: Server) -> dict[str, Callable[[], object]]:
    client = bucket(server)
    large = {"note": "x" * 3000}
    return {
        "3 KB of metadata": lambda: client.put_object(Bucket=BUCKET, Key="noted", Body=b"1", Metadata=large),
        "a bucket with a capital letter": lambda: client.create_bucket(Bucket="Capital"),
        "a key of 1,025 bytes": lambda: client.put_object(Bucket=BUCKET, Key="k" * 1025, Body=b"1"),
    }


def _of_others(server: Server) -> dict[str, Callable[[], object]]:
    queues, scheduler = server.client("sqs"), server.client("scheduler")
    url = queues.create_queue(QueueName="strict")["QueueUrl"]
    target = {"Arn": "arn:aws:lambda:us-east-1:000000000000:function:f", "RoleArn": ROLE}

    def schedule(expression: str) -> Callable[[], object]:
        window = {"Mode": "OFF"}
        name = f"s-{abs(hash(expression))}"
        return lambda: scheduler.create_schedule(
            Name=name, ScheduleExpression=expression, FlexibleTimeWindow=window, Target=target
        )

    policy = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
    users = server.client("iam")
    return {
        "a message that is delayed for 901 s": lambda: queues.send_message(
            QueueUrl=url, MessageBody="1", DelaySeconds=901
        ),
        "cron with five fields": schedule("cron(0 0 * * *)"),
        "cron with two days": schedule("cron(0 0 1 * MON *)"),
        "a role's policies of 11,000 characters": lambda: users.put_role_policy(
            RoleName=ROLE.rpartition("/")[2],
            PolicyName="large",
            PolicyDocument=json.dumps({**policy, "Id": "x" * 11_000}),
        ),
    }


def _is_taken(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except (BotoCoreError, ClientError):
        return False
    return True
