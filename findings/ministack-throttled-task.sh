#!/bin/sh
# MiniStack 1.5.33: a function without concurrency left is refused as `TooManyRequestsException` where Lambda is asked, and
# as `Lambda.Unknown` where a task of its Step Functions asks, which is also what a process is called that died.
# A good guess: `Lambda.TooManyRequestsException` in the state machine, as on AWS, where the documents' own Retry block for
# Lambda names it; one that waits long for capacity and gives up soon on crashes does the opposite here.
# Seen: with a reserved concurrency of 0, Invoke is TooManyRequestsException (429). A task with a catcher for
# Lambda.TooManyRequestsException and one for Lambda.Unknown goes to the second.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet ministack==1.5.33 boto3==1.43.106 cryptography==50.0.0
cat > "$folder/try.py" <<'PY'
import io
import json
import os
import socket
import subprocess
import sys
import time
import zipfile

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

folder, role = sys.argv[1], "arn:aws:iam::000000000000:role/r"
with socket.socket() as probe:
    probe.bind(("127.0.0.1", 0))
    port = probe.getsockname()[1]
known = {"BIND_HOST": "127.0.0.1", "GATEWAY_PORT": str(port), "SFTP_ENABLED": "0", "IOT_MTLS_ENABLED": "0"}
process = subprocess.Popen(
    [sys.executable, "-m", "ministack"],
    env={**os.environ, **known, "STATE_DIR": folder, "S3_DATA_DIR": folder},
    stdout=subprocess.DEVNULL,
    stderr=subprocess.DEVNULL,
)


def client(service):
    return boto3.client(
        service,
        region_name="us-east-1",
        endpoint_url=f"http://127.0.0.1:{port}",
        aws_access_key_id="a",
        aws_secret_access_key="b",
        config=Config(retries={"total_max_attempts": 1}),
    )


def wait_for(ready):
    for _ in range(300):
        try:
            if found := ready():
                return found
        except BotoCoreError:
            pass
        time.sleep(0.1)
    raise SystemExit("nothing came of it")


functions, machines = client("lambda"), client("stepfunctions")
wait_for(functions.list_functions)
code = io.BytesIO()
with zipfile.ZipFile(code, "w") as archive:
    archive.writestr("f.py", "def handler(event, context):\n    return {}\n")
arn = functions.create_function(
    FunctionName="f", Runtime="python3.12", Role=role, Handler="f.handler", Code={"ZipFile": code.getvalue()}
)["FunctionArn"]
functions.put_function_concurrency(FunctionName="f", ReservedConcurrentExecutions=0)
try:
    functions.invoke(FunctionName="f")
    invoked = "it ran"
except ClientError as error:
    invoked = error.response["Error"]["Code"]
names = ("Lambda.TooManyRequestsException", "Lambda.Unknown")
caught = [{"ErrorEquals": [name], "Next": name.removeprefix("Lambda.")} for name in names]
states = {name.removeprefix("Lambda."): {"Type": "Pass", "Result": name, "End": True} for name in names}
states["Ask"] = {"Type": "Task", "Resource": arn, "Catch": caught, "End": True}
machine = machines.create_state_machine(
    name="m", roleArn=role, definition=json.dumps({"StartAt": "Ask", "States": states})
)["stateMachineArn"]
execution = machines.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
ended = wait_for(lambda: machines.describe_execution(executionArn=execution).get("output"))
process.terminate()
process.wait(60)
print(invoked, ended)
assert (invoked, json.loads(ended)) == ("TooManyRequestsException", "Lambda.Unknown")
PY
"$folder/env/bin/python" "$folder/try.py" "$folder"
