"""The actions, resources and conditions that IAM checks, for each operation of the service's code.

After the Service Authorization Reference: which action an operation needs, of which resource, and what of DynamoDB's
and S3's keys conditions can ask.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

from boto3.dynamodb.types import TypeDeserializer

from imgopt.settings import settings
from tests.roles.options import READERS, SIGNING
from tests.roles.policies import ACCOUNT, REGION, Action

Params = dict[str, Any]
LEADING_KEYS, PREFIX = "dynamodb:LeadingKeys", "s3:prefix"
PARTITIONS = {None: "pk", "agenda": "agenda", "owned": "user"}
OF_TRANSACTIONS = {
    "Put": "PutItem",
    "Update": "UpdateItem",
    "Delete": "DeleteItem",
    "ConditionCheck": "ConditionCheckItem",
}
OF_ONE_ITEM = ("GetItem", "PutItem", "UpdateItem", "DeleteItem")
# What is done to an object, by the operations that need it.
OBJECT_ACTIONS = {
    "GetObject": "GetObject",
    "HeadObject": "GetObject",
    "PutObject": "PutObject",
    "CreateMultipartUpload": "PutObject",
    "UploadPart": "PutObject",
    "CompleteMultipartUpload": "PutObject",
    "AbortMultipartUpload": "AbortMultipartUpload",
    "DeleteObject": "DeleteObject",
}
MACHINE_ARGUMENTS = ("stateMachineArn", "executionArn")
deserialize = TypeDeserializer().deserialize


def actions_of(service: str, operation: str, params: Params) -> Iterator[Action]:
    """Raises LookupError for an operation that the service's code has not had so far."""
    yield from SERVICES[service](operation, params)


def of_dynamodb(operation: str, params: Params) -> Iterator[Action]:
    if operation == "TransactWriteItems":
        for write in params["TransactItems"]:
            ((kind, asked),) = write.items()
            yield on_table(OF_TRANSACTIONS[kind], asked["TableName"], [asked])
    elif operation == "BatchGetItem":
        for table, asked in params["RequestItems"].items():
            yield on_table(operation, table, [{"Key": key} for key in asked["Keys"]])
    elif operation == "BatchWriteItem":
        for table, writes in params["RequestItems"].items():
            yield on_table(operation, table, [each for write in writes for each in write.values()])
    elif operation in OF_ONE_ITEM:
        yield on_table(operation, params["TableName"], [params])
    else:
        yield on_index(operation, params)


def on_table(action: str, table: str, asked: list[Params]) -> Action:
    keys = tuple((each.get("Key") or each["Item"])["pk"]["S"] for each in asked)
    return Action(f"dynamodb:{action}", table_arn(table), {LEADING_KEYS: keys})


def on_index(operation: str, params: Params) -> Action:
    """The request on a table or an index. A scan names no keys."""
    index = params.get("IndexName")
    resource = table_arn(params["TableName"]) + (f"/index/{index}" if index else "")
    if operation == "Scan":
        return Action("dynamodb:Scan", resource)
    if operation != "Query":
        raise LookupError(operation)
    names = {name: spelled for spelled, name in params.get("ExpressionAttributeNames", {}).items()}
    partition = re.escape(names.get(PARTITIONS[index], PARTITIONS[index]))
    (value,) = re.findall(rf"{partition} = (:\w+)", params["KeyConditionExpression"])
    key = deserialize(params["ExpressionAttributeValues"][value])
    return Action("dynamodb:Query", resource, {LEADING_KEYS: (key,)})


def table_arn(name: str) -> str:
    return f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{name}"


def of_s3(operation: str, params: Params) -> Iterator[Action]:
    bucket = f"arn:aws:s3:::{params['Bucket']}"
    if operation == "ListObjectsV2":
        yield Action("s3:ListBucket", bucket, {PREFIX: (params.get("Prefix", ""),)})
    else:
        yield Action(f"s3:{OBJECT_ACTIONS[operation]}", f"{bucket}/{params['Key']}")


def of_stepfunctions(operation: str, params: Params) -> Iterator[Action]:
    yield Action(f"states:{operation}", *(params[name] for name in MACHINE_ARGUMENTS if name in params))


def of_sqs(operation: str, params: Params) -> Iterator[Action]:
    name = urlsplit(params["QueueUrl"]).path.rpartition("/")[2]
    yield Action(f"sqs:{operation}", f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}")


def of_secrets(operation: str, params: Params) -> Iterator[Action]:
    """A secret goes by the name of the setting that leads to it."""
    (setting,) = (each for each in (*READERS, SIGNING) if getattr(settings(), each) == params["SecretId"])
    yield Action(f"secretsmanager:{operation}", setting)


SERVICES: dict[str, Callable[[str, Params], Iterator[Action]]] = {
    "dynamodb": of_dynamodb,
    "s3": of_s3,
    "stepfunctions": of_stepfunctions,
    "sqs": of_sqs,
    "secretsmanager": of_secrets,
}
