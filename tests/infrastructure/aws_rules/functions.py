"""Requests and templates that Lambda refuses, and emulators accept.

After "Lambda quotas", and the permissions that a queue, a dead letter, a schedule, a rule or a route needs.
"""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

from tests.roles.matching import matches
from tests.roles.policies import ACCOUNT, REGION, Action, Installation, Template
from tests.roles.routes import path_of

FUNCTION, PERMISSION = "AWS::Lambda::Function", "AWS::Lambda::Permission"
VARIABLES_BYTES, SECONDS, GATEWAY_SECONDS, STREAM_SECONDS = 4096, 900, 29, 900
# What an account keeps for functions that reserve nothing.
ACCOUNT_CONCURRENCY, UNRESERVED = 1000, 100
TAKING = ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
# The longest that a name is which only CloudFormation knows, in an ARN or an address.
GENERATED = 150
POLICY_CHARACTERS = 10_240


def variables(stacks: Installation) -> Iterator[str]:
    """The size of the variables, with space for generated names: cfn-lint counts only literal ones."""
    for _, name, function in stacks.resources(FUNCTION):
        known = function.get("Environment", {}).get("Variables", {})
        size = sum(len(key) + (len(value) if isinstance(value, str) else GENERATED) for key, value in known.items())
        if size > VARIABLES_BYTES:
            yield f"{name}: {size} bytes of variables"


def time_limits(stacks: Installation) -> Iterator[str]:
    """Behind API Gateway a function that answers in one piece has half a minute."""
    asked = {called(method) for _, _, method in stacks.resources("AWS::ApiGateway::Method")}
    functions = {name: function for _, name, function in stacks.resources(FUNCTION)}
    for name, function in functions.items():
        streams = "response_stream" in json.dumps(function.get("Environment", {}))
        limit = STREAM_SECONDS if streams else GATEWAY_SECONDS
        if name in asked and function["Timeout"] > limit:
            yield f"{name}: API Gateway gives up before"


def called(method: dict[str, Any]) -> str:
    """The logical id of the function or alias behind a method; "" where there is none."""
    uri = json.dumps(method["Integration"].get("Uri", ""))
    found = [part for part in uri.replace('"', " ").split() if "Function" in part or "Alias" in part]
    return found[0].rstrip(",]") if found else ""


def integrations(stacks: Installation) -> Iterator[str]:
    for _, name, method in stacks.resources("AWS::ApiGateway::Method"):
        integration = method["Integration"]
        streams = integration.get("ResponseTransferMode") == "STREAM"
        if integration.get("TimeoutInMillis", 0) > 1000 * (STREAM_SECONDS if streams else GATEWAY_SECONDS):
            yield f"{name}: API Gateway takes no such time limit"


def concurrency(stacks: Installation) -> Iterator[str]:
    known = [function.get("ReservedConcurrentExecutions", 0) for _, _, function in stacks.resources(FUNCTION)]
    if sum(known) > ACCOUNT_CONCURRENCY - UNRESERVED:
        yield f"{sum(known)} are reserved"


def permissions(stacks: Installation) -> Iterator[str]:
    """Who calls a function has to be allowed to by the function itself, unless by a role."""
    known = [
        (each["Principal"], set(json.dumps(each["FunctionName"]).split('"')), stacks.text(template, each["SourceArn"]))
        for template, _, each in stacks.resources(PERMISSION)
        if "SourceArn" in each
    ]

    def may_call(principal: str, parts: set[str], arn: str) -> bool:
        return any(
            who == principal and parts & names and matches(beyond_region(source), beyond_region(arn))
            for who, names, source in known
        )

    for template, name, method in stacks.resources("AWS::ApiGateway::Method"):
        if (function := called(method)) and not may_call(
            "apigateway.amazonaws.com", {function}, request_arn(stacks, template, method)
        ):
            yield f"{name}: API Gateway may not call {function}"
    for template, name, rule in stacks.resources("AWS::Events::Rule"):
        arn = stacks.text(template, {"Fn::GetAtt": [name, "Arn"]})
        for target in rule["Targets"]:
            if may_send(stacks, logical_id(target["Arn"])):
                continue
            if not may_call("events.amazonaws.com", set(json.dumps(target["Arn"]).split('"')), arn):
                yield f"{name}: a rule may not call its function"


def request_arn(stacks: Installation, template: Template, method: dict[str, Any]) -> str:
    """The ARN of a request by that method, with values for the variables of its path."""
    (stage,) = (name for _, name, _ in stacks.resources("AWS::ApiGateway::Stage"))
    verb = {"ANY": "PATCH"}.get(method["HttpMethod"], method["HttpMethod"])
    api = stacks.text(template, method["RestApiId"])
    path = re.sub(r"\{[^}]+\}", "some", path_of(template, method["ResourceId"])) or "/"
    return f"arn:aws:execute-api:{REGION}:{ACCOUNT}:{api}/{stage}/{verb}{path}"


def beyond_region(arn: str) -> str:
    """Returns an ARN from its account on, since only some installations name their region."""
    return arn.split(":", 4)[-1]


def queues(stacks: Installation) -> Iterator[str]:
    """Lambda takes messages by the function's role, and a message is out of sight while it is tried six times."""
    functions = {name: function for _, name, function in stacks.resources(FUNCTION)}
    known = {name: queue for _, name, queue in stacks.resources("AWS::SQS::Queue")}
    for template, name, mapping in stacks.resources("AWS::Lambda::EventSourceMapping"):
        function = functions[logical_id(mapping["FunctionName"])]
        arn = stacks.text(template, mapping["EventSourceArn"])
        role = stacks.role_of(logical_id(function["Role"]))
        if not all(role.allows(Action(f"sqs:{action}", arn)) for action in TAKING):
            yield f"{name}: the function's role may not take messages"
        if known[logical_id(mapping["EventSourceArn"])].get("VisibilityTimeout", 30) < 6 * function["Timeout"]:
            yield f"{name}: messages come back while they are worked on"


def logical_id(reference: dict[str, Any]) -> str:
    return str(reference.get("Ref") or reference["Fn::GetAtt"][0])


def queue_in(reference: dict[str, Any], known: Iterable[str]) -> str:
    """The queue of this stack, or of another stack, whose export contains its name."""
    imported = str(reference.get("Fn::ImportValue", ""))
    return next((name for name in known if name in imported), None) or logical_id(reference)


def may_send(stacks: Installation, queue: str) -> bool:
    """Returns whether a queue's own policy lets EventBridge write to the queue."""
    for _, _, policy in stacks.resources("AWS::SQS::QueuePolicy"):
        if queue in json.dumps(policy["Queues"]):
            statements = policy["PolicyDocument"]["Statement"]
            return any(each["Principal"] == {"Service": "events.amazonaws.com"} for each in statements)
    return False


def dead_letters(stacks: Installation) -> Iterator[str]:
    """A function writes its own, and Lambda refuses one that may not. Messages keep their age: they have to fit."""
    for template, name, function in stacks.resources(FUNCTION):
        if target := function.get("DeadLetterConfig"):
            send = Action("sqs:SendMessage", stacks.text(template, target["TargetArn"]))
            if not stacks.role_of(logical_id(function["Role"])).allows(send):
                yield f"{name}: its role may not send to its dead letters"
    known = {name: queue for _, name, queue in stacks.resources("AWS::SQS::Queue")}
    for name, queue in known.items():
        if policy := queue.get("RedrivePolicy"):
            target = known[queue_in(policy["deadLetterTargetArn"], known)]
            if kept(target) < kept(queue) or is_fifo(target) != is_fifo(queue):
                yield f"{name}: its dead letters are in no queue for them"


def kept(queue: dict[str, Any]) -> int:
    return int(queue.get("MessageRetentionPeriod", 4 * 86400))


def is_fifo(queue: dict[str, Any]) -> bool:
    return bool(queue.get("FifoQueue"))


def policy_sizes(stacks: Installation) -> Iterator[str]:
    """A role's policies have a limit on their characters. IAM only reports that it is exceeded, when a stack is
    deployed.
    """
    sizes: dict[str, int] = {}
    for template, _, policy in stacks.resources("AWS::IAM::Policy"):
        for role in policy["Roles"]:
            sizes[role["Ref"]] = sizes.get(role["Ref"], 0) + characters(stacks, template, policy["PolicyDocument"])
    yield from (f"{role}: {size} characters of policies" for role, size in sizes.items() if size > POLICY_CHARACTERS)


def characters(stacks: Installation, template: Template, document: dict[str, Any]) -> int:
    def resolve(value: Any) -> Any:
        if isinstance(value, dict) and len(value) == 1 and next(iter(value)).startswith(("Fn::", "Ref")):
            return stacks.text(template, value)
        if isinstance(value, dict):
            return {key: resolve(each) for key, each in value.items()}
        return [resolve(each) for each in value] if isinstance(value, list) else value

    return len("".join(json.dumps(resolve(document), separators=(",", ":")).split()))


RULES = (
    variables,
    time_limits,
    integrations,
    concurrency,
    permissions,
    queues,
    dead_letters,
    policy_sizes,
)
