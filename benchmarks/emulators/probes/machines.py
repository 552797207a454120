"""The service's two state machines: a plain image on the express one, upscaling and tags on the standard one."""

import json
from typing import Any

from benchmarks.emulators.executions import Ended, make_machine, run, run_express, start
from benchmarks.emulators.functions import make_function
from benchmarks.emulators.server import Server
from benchmarks.emulators.waiting import wait_for
from cdk.definition import MachineKind, definition

STAGES = ("Plan", "Upscale", "Optimize", "Tag", "Finish", "Fail")
SEND_AND_WAIT = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"
JOB = {"job_id": "1", "attempt": 1}


def express(server: Server) -> str:
    """The states of a small image: Plan, OptimizeOnly and Finish."""
    machine = make_machine(server, _definition(server, MachineKind.EXPRESS), "EXPRESS")
    return _tell(run_express(server, machine, _job(network=False, words=False)))


def standard(server: Server) -> str:
    """Both branches of the parallel state, with an order that is answered by task token."""
    machine, queue = make_machine(server, _definition(server, MachineKind.STANDARD)), _queue(server)
    execution = start(server, machine, _job(network=True, words=True, queue_url=queue))
    client, messages = server.client("stepfunctions"), server.client("sqs")
    order = wait_for(lambda: messages.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"))[0]
    token = json.loads(order["Body"])["token"]
    client.send_task_success(taskToken=token, output='{"key": "intermediate/1"}')
    ended = wait_for(lambda: _end_of(client, execution))
    return _tell(Ended(ended["status"], json.loads(ended.get("output") or "null"), 0))


def retries(server: Server) -> str:
    """Whether retries match the name of the error that a function raises, or else States.ALL."""
    task = {"Type": "Task", "Resource": make_function(server, "Flaky"), "End": True}
    for name in ("Unavailable", "States.ALL"):
        retry = [{"ErrorEquals": [name], "IntervalSeconds": 1, "MaxAttempts": 1}]
        machine = make_machine(server, {"StartAt": "Try", "States": {"Try": {**task, "Retry": retry}}})
        ended = run(server, machine, {"marker": str(server.folder / name)})
        if ended.status == "SUCCEEDED" and "Flaky" in str(ended.output):
            return "yes" if name == "Unavailable" else f"by {name} alone"
    return "no"


def _definition(server: Server, kind: MachineKind) -> dict[str, Any]:
    text = definition(kind).replace("${UpscaleOrderArn}", SEND_AND_WAIT)
    for stage in STAGES:
        if f"${{{stage}FunctionArn}}" in text:
            text = text.replace(f"${{{stage}FunctionArn}}", make_function(server, f"{kind}-{stage}"))
    found: dict[str, Any] = json.loads(text)
    return found


def _job(*, network: bool, words: bool, queue_url: str = "") -> dict[str, object]:
    """The input of a job. The function in place of Plan answers by the value of `owner`."""
    return {**JOB, "owner": json.dumps({"asked": {"network": network, "words": words}, "queue_url": queue_url})}


def _queue(server: Server) -> str:
    return str(server.client("sqs").create_queue(QueueName="orders")["QueueUrl"])


def _end_of(client: Any, execution: str) -> Any:
    found = client.describe_execution(executionArn=execution)
    return found if found["status"] != "RUNNING" else None


def _tell(ended: Ended) -> str:
    """The cell for an execution, whose output has to contain the results of its stages."""
    if ended.status != "SUCCEEDED":
        return f"no: {ended.status}"
    return "yes" if "pixels" in ended.output.get("made", {}) else "wrong: it does nothing"
