"""The state machines of the probes, and their executions."""

import json
import time
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from benchmarks.emulators.functions import ROLE
from benchmarks.emulators.server import Server
from benchmarks.emulators.waiting import wait_for

ENDED = ("SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED")


@dataclass(frozen=True)
class Ended:
    status: str
    output: Any
    seconds: float


def make_machine(server: Server, definition: dict[str, Any], kind: str = "STANDARD") -> str:
    """Creates a state machine and returns its ARN."""
    client = server.client("stepfunctions")
    made = client.create_state_machine(name=f"m-{uuid4()}", definition=json.dumps(definition), roleArn=ROLE, type=kind)
    return str(made["stateMachineArn"])


def start(server: Server, machine: str, data: object) -> str:
    answer = server.client("stepfunctions").start_execution(
        stateMachineArn=machine, name=f"e-{uuid4()}", input=json.dumps(data)
    )
    return str(answer["executionArn"])


def run(server: Server, machine: str, data: object) -> Ended:
    """Runs an execution. Its seconds are the time from the call that starts it to the answer that it has ended."""
    client, began = server.client("stepfunctions"), time.perf_counter()
    execution = start(server, machine, data)

    def ask() -> Any:
        found = client.describe_execution(executionArn=execution)
        return found if found["status"] in ENDED else None

    found = wait_for(ask)
    return Ended(found["status"], json.loads(found.get("output") or "null"), time.perf_counter() - began)


def run_express(server: Server, machine: str, data: object) -> Ended:
    """Runs an express execution with the call that waits for its end, as AWS can't describe express executions."""
    client, began = server.client("stepfunctions", inject_host_prefix=False), time.perf_counter()
    found = client.start_sync_execution(stateMachineArn=machine, input=json.dumps(data))
    return Ended(found["status"], json.loads(found.get("output") or "null"), time.perf_counter() - began)
