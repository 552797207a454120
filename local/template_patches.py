"""Adapts the templates to the emulator. These are all changes to templates:

- Python functions become custom runtimes. Their `bootstrap` runs the asset's folder with this project's environment,
  because the emulator's Python runtime hides the names of errors, which the state machine needs.
- Layers are removed: the environment has the same locked packages, and the user's cache has the networks.
- The streaming function answers in one piece: the emulator supports neither its extension nor streams.
- The worker upscales large images, as on a GPU, rather than the function that does so on AWS without GPUs.
- An owner has two more slots than there are cores, because starting and finishing jobs leaves cores idle.
- Express executions have no time limit of their own: from outside, only their end is visible in the emulator.
- Policies that deny plain HTTP are removed: the emulator has no TLS.
- A task is limited only by its function's timeout: invocations wait in the emulator
  (local/emulator/reserved_concurrency.py), and the state machine would count this waiting time.
"""

import copy
import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

Template = dict[str, Any]

RUNNER = Path(__file__).with_name("lambda_runtime.py")
FUNCTION, LAYER, METHOD, STATE_MACHINE_TYPE = (
    "AWS::Lambda::Function",
    "AWS::Lambda::LayerVersion",
    "AWS::ApiGateway::Method",
    "AWS::StepFunctions::StateMachine",
)
FOR_THE_WORKER = "UpscalesLarge"
QUEUE = "AWS::SQS::Queue"
POLICIES = ("AWS::S3::BucketPolicy", "AWS::SQS::QueuePolicy")
# Stages run with a lower priority than the functions that answer requests. On AWS each function has its own CPU.
STAGE_MODULES = "functions.stages."
BUFFERED_HANDLER = "functions.api.gateway.handler"
SLOTS, EXPRESS_DEADLINE = "IMGOPT_JOBS_PER_OWNER", "IMGOPT_EXPRESS_DEADLINE"
# The emulator has no X-Ray daemon.
LOCAL_VARIABLES = {
    "POWERTOOLS_TRACE_DISABLED": "true",
    SLOTS: os.environ.get(SLOTS, str((os.cpu_count() or 1) + 2)),
    EXPRESS_DEADLINE: str(41 * 60),
}

# The domain of user pools of earlier versions, which can't be changed.
SIGN_IN_DOMAIN = "AWS::Cognito::UserPoolDomain"
KEPT_DOMAIN = {"Fn::Join": ["", ["imgopt-", {"Ref": "AWS::AccountId"}]]}


def patch_template(template: Template, assembly: Path, asset_bucket: str) -> tuple[Template, dict[str, str]]:
    """The template for the emulator, and its bootstrap scripts by their keys in `asset_bucket`."""
    patched = copy.deepcopy(template)
    patched.pop("Parameters", None)
    patched.pop("Rules", None)
    resources = patched["Resources"]
    scripts = {}
    queues = [name for name, each in resources.items() if name.startswith(FOR_THE_WORKER) and each["Type"] == QUEUE]
    for name, resource in list(resources.items()):
        if is_left_out(resource):
            del resources[name]
        elif resource["Type"] == FUNCTION:
            key, scripts[key] = run_in_place(resource["Properties"], assembly, asset_bucket)
            name_queue(resource["Properties"], queues)
        elif resource["Type"] == METHOD:
            resource["Properties"]["Integration"] = in_one_piece(resource["Properties"]["Integration"])
        elif resource["Type"] == STATE_MACHINE_TYPE:
            leave_timeouts_to_functions(resource["Properties"])
        elif resource["Type"] == SIGN_IN_DOMAIN:
            resource["Properties"]["Domain"] = KEPT_DOMAIN
    return patched, scripts


def is_left_out(resource: Template) -> bool:
    """Whether a resource is left out. It also changes policies that are kept."""
    return resource["Type"] == LAYER or (resource["Type"] in POLICIES and not allow_plain_http(resource))


def run_in_place(properties: Template, assembly: Path, asset_bucket: str) -> tuple[str, str]:
    """Turns a function into a custom runtime. Returns the key and the text of its bootstrap script."""
    asset = properties["Code"]["S3Key"].removesuffix(".zip")
    folder, handler = assembly / f"asset.{asset}", handler_of(properties)
    precedence = "nice -n 10 " if handler.startswith(STAGE_MODULES) else ""
    script = f'#!/bin/sh\nexec {precedence}"{sys.executable}" -u "{RUNNER}" "{folder}" "{handler}"\n'
    key = f"bootstrap/{hashlib.sha256(script.encode()).hexdigest()}.zip"
    properties.pop("Layers", None)
    properties.update(Runtime="provided.al2023", Handler="bootstrap", Code={"S3Bucket": asset_bucket, "S3Key": key})
    properties["Environment"]["Variables"].pop("IMGOPT_MODELS_FOLDER", None)
    properties["Environment"]["Variables"].update(LOCAL_VARIABLES)
    return key, script


def name_queue(properties: Template, queues: list[str]) -> None:
    """Sets the variable that names the queue of the worker, for the functions that decide who upscales."""
    for queue in queues:
        properties["Environment"]["Variables"]["IMGOPT_UPSCALES_QUEUE_URL"] = {"Ref": queue}


def in_one_piece(integration: Template) -> Template:
    """An API Gateway integration that invokes its function without streaming."""
    text = json.dumps({name: value for name, value in integration.items() if name != "ResponseTransferMode"})
    changed: Template = json.loads(
        text.replace("2021-11-15/functions", "2015-03-31/functions").replace(
            "response-streaming-invocations", "invocations"
        )
    )
    return changed


def handler_of(properties: Template) -> str:
    """The handler of a function. The streaming function gets that of the API, as extensions are not run."""
    is_streaming = "AWS_LAMBDA_EXEC_WRAPPER" in properties["Environment"]["Variables"]
    return BUFFERED_HANDLER if is_streaming else properties["Handler"]


def allow_plain_http(policy: Template) -> bool:
    """Removes the statements about TLS. Returns whether any statement is left."""
    document = policy["Properties"]["PolicyDocument"]
    document["Statement"] = [each for each in document["Statement"] if "aws:SecureTransport" not in json.dumps(each)]
    return bool(document["Statement"])


def leave_timeouts_to_functions(properties: Template) -> None:
    definition = json.loads(properties["DefinitionString"])
    for task in tasks(definition["States"]):
        if "HeartbeatSeconds" not in task:  # nor is it a function
            task.pop("TimeoutSeconds", None)
    properties["DefinitionString"] = json.dumps(definition)


def tasks(states: Template) -> list[Template]:
    """All Task states, also those in branches."""
    found = [state for state in states.values() if state["Type"] == "Task"]
    branches = [branch for state in states.values() for branch in state.get("Branches", [])]
    return found + [task for branch in branches for task in tasks(branch["States"])]
