#!/bin/sh
# botocore 1.43.106: the User-Agent header, the same for all requests of a client, is put together twice for each.
# A good guess: once a client, or once a process, as all that it tells of is known then.
# Seen: of some 2,600 Python functions that an UpdateItem of DynamoDB calls (answered before it is sent, so no network), a
# third write that header, a quarter of the CPU time. Config(user_agent=...), the same string for ever, makes it nearly none.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet boto3==1.43.106 botocore==1.43.106
cat > "$folder/try.py" <<'PY'
import cProfile
import pstats

import boto3
from botocore.awsrequest import AWSResponse
from botocore.config import Config


def answer(request, **_):
    response = AWSResponse(request.url, 200, {"content-type": "application/x-amz-json-1.0"}, None)
    response._content = b'{"Attributes":{"count":{"N":"1"}}}'
    return response


def profile(**config):
    """The functions that are called for one request, when all is warm."""
    client = boto3.client(
        "dynamodb",
        region_name="us-east-1",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(**config),
    )
    client.meta.events.register("before-send", answer)
    request = {
        "TableName": "t",
        "Key": {"pk": {"S": "a"}},
        "UpdateExpression": "ADD #count :one",
        "ExpressionAttributeNames": {"#count": "count"},
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(10):
        client.update_item(**request)
    profiler = cProfile.Profile()
    profiler.enable()
    client.update_item(**request)
    profiler.disable()
    return pstats.Stats(profiler)


def is_header(function):
    return function[0].endswith("useragent.py")


usual, given = profile(), profile(user_agent="mine")
made = sum(
    calls for function, (calls, *_) in usual.stats.items()
    if is_header(function) and function[2] == "_build_sdk_metadata"
)
share = 1 - given.total_calls / usual.total_calls
print(f"made {made} times a request; calls of functions {usual.total_calls}, with a string of one's own {given.total_calls}")
assert made == 2
assert 0.25 < share < 0.45
assert sum(calls for function, (calls, *_) in given.stats.items() if is_header(function)) < 10
PY
"$folder/env/bin/python" "$folder/try.py"
