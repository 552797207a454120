"""The Lambda function of the probes. It has a name for each stage of the state machine."""

import io
import json
import zipfile
from contextlib import suppress
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from benchmarks.emulators.server import Server
from benchmarks.emulators.waiting import wait_for

ROLE = "arn:aws:iam::000000000000:role/emulators"
TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Principal": {"Service": "lambda.amazonaws.com"}, "Action": "sts:AssumeRole"}
        ],
    }
)
CODE = """
import json, os

class Unavailable(Exception):
    pass

def handler(event, context):
    if "marker" in event and not os.path.exists(event["marker"]):
        open(event["marker"], "w").close()
        raise Unavailable("the first time")
    if "httpMethod" in event:
        return {"statusCode": 200, "headers": {"X-Who": "lambda"}, "body": event["path"]}
    asked = json.loads(event["owner"]) if event.get("owner", "").startswith("{") else {}
    return {**event, **asked, "made_by": context.function_name}
"""


class NoFunctions(Exception):
    """The emulator can't run functions. The message is its reason."""


def make_function(server: Server, name: str) -> str:
    """Creates a function, and returns its ARN after it has answered an invocation. Raises NoFunctions."""
    try:
        return _make(server, name)
    except (BotoCoreError, ClientError, RuntimeError) as error:
        raise NoFunctions(str(error).partition(" operation: ")[2] or str(error)) from error


def _make(server: Server, name: str) -> str:
    client, packed = server.client("lambda"), io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("stage.py", CODE)
    made = client.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=_role(server),
        Handler="stage.handler",
        Code={"ZipFile": packed.getvalue()},
        Timeout=30,
    )
    known = wait_for(lambda: _configuration(client, name))
    if known.get("State") == "Failed":
        raise RuntimeError(known.get("StateReason") or known.get("StateReasonCode") or "it has failed")
    said = client.invoke(FunctionName=name, Payload=b'{"a": 1}')["Payload"].read()
    if json.loads(said) != {"a": 1, "made_by": name}:
        raise RuntimeError(said.decode())
    return str(made["FunctionArn"])


def _role(server: Server) -> str:
    """Creates a role. Some emulators require one that exists and that Lambda may assume."""
    client, name = server.client("iam"), ROLE.rpartition("/")[2]
    with suppress(BotoCoreError, ClientError):
        client.create_role(RoleName=name, AssumeRolePolicyDocument=TRUST)
    with suppress(BotoCoreError, ClientError):
        return str(client.get_role(RoleName=name)["Role"]["Arn"])
    return ROLE


def _configuration(client: Any, name: str) -> Any:
    """The configuration of a function, after its creation has ended."""
    known = client.get_function(FunctionName=name)["Configuration"]
    return known if known.get("State") != "Pending" else None
