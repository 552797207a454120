#!/bin/sh
# MiniStack 1.5.33: MaxDelaySeconds of a Retry block in Step Functions is read by nothing: waits grow without a bound.
# A good guess: no wait is longer, as States Language says since 2023; a state machine that relies on it for ten attempts in
# ten seconds waits for hours here.
# Seen: a task of a function that is not there, IntervalSeconds 1, BackoffRate 6, MaxDelaySeconds 1, two retries: failed after
# 7 s and some, the waits being 1 and 6 s, and not after 2 s.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet ministack==1.5.33 boto3==1.43.106 cryptography==50.0.0
cat > "$folder/try.py" <<'PY'
import json
import os
import socket
import subprocess
import sys
import time

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError

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


machines = client("stepfunctions")
wait_for(lambda: machines.list_state_machines() is not None)
fails = {"Type": "Task", "Resource": "arn:aws:lambda:us-east-1:000000000000:function:none", "End": True}
retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1, "BackoffRate": 6, "MaxDelaySeconds": 1, "MaxAttempts": 2}
machine = machines.create_state_machine(
    name="m", roleArn=role, definition=json.dumps({"StartAt": "Ask", "States": {"Ask": fails | {"Retry": [retry]}}})
)["stateMachineArn"]
began = time.monotonic()
execution = machines.start_execution(stateMachineArn=machine, input="{}")["executionArn"]
wait_for(lambda: machines.describe_execution(executionArn=execution)["status"] == "FAILED")
seconds = time.monotonic() - began
process.terminate()
process.wait(60)
print(f"{seconds:.1f} s")
assert 6.5 < seconds < 12
PY
"$folder/env/bin/python" "$folder/try.py" "$folder"
