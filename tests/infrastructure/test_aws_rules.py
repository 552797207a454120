"""Templates obey the rules of AWS that emulators do not check. A broken copy for each rule is found.

What cfn-lint finds is not here again, but by templates that it has to find. What AWS refuses of requests rather than of
templates is in tests/roles.
"""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import NAMES
from tests.infrastructure.aws_rules import functions, gateways, schedules, state_machines, storage
from tests.infrastructure.variants import VARIANTS
from tests.roles.policies import Installation

MODULES = (state_machines, functions, schedules, storage, gateways)
RULES = [rule for module in MODULES for rule in module.RULES]
Templates = dict[str, Any]
Break = Callable[[dict[str, Any]], None]


def broken_rules(templates: Templates) -> dict[str, list[str]]:
    stacks = Installation(templates, NAMES)
    found = {f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}": list(rule(stacks)) for rule in RULES}
    return {name: faults for name, faults in found.items() if faults}


def test_templates_break_no_rule_of_aws(templates):
    assert broken_rules(templates) == {}


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_breaks_no_rule_of_aws(name, variant):
    assert broken_rules(variant(name)) == {}


def change(templates: Templates, beginning: str, kind: str, how: Break) -> Templates:
    """A copy in which the first resource of that kind whose logical id begins so is another."""
    copied = copy.deepcopy(templates)
    resources = [pair for template in copied.values() for pair in template["Resources"].items()]
    how(next(each["Properties"] for name, each in resources if each["Type"] == kind and name.startswith(beginning)))
    return copied


def in_definition(how: Break) -> Break:
    def rewrite(machine: dict[str, Any]) -> None:
        definition = json.loads(machine["DefinitionString"])
        how(definition)
        machine["DefinitionString"] = json.dumps(definition)

    return rewrite


def in_plan(**changes: Any) -> Break:
    return in_definition(lambda definition: definition["States"]["Plan"].update(changes))


def first_retry(**changes: Any) -> Break:
    return in_definition(lambda definition: definition["States"]["Plan"]["Retry"][0].update(changes))


def rename_state(definition: dict[str, Any]) -> None:
    definition["States"]["S" * 81] = {"Type": "Succeed"}


def repeat_name(definition: dict[str, Any]) -> None:
    branch = definition["States"]["ProcessBranches"]["Branches"][0]
    branch["States"]["Finish"] = {"Type": "Succeed"}


def lead_nowhere(definition: dict[str, Any]) -> None:
    definition["States"]["Plan"]["Next"] = "Elsewhere"


def put_plenty(definition: dict[str, Any]) -> None:
    definition["Comment"] = "x" * 1_100_000


def rename_log(group: dict[str, Any]) -> None:
    group["LogGroupName"] = "/imgopt/machine"


def forbid(document: dict[str, Any], action: str) -> None:
    document["Statement"] = [each for each in document["Statement"] if action not in json.dumps(each["Action"])]


def without(action: str) -> Break:
    return lambda policy: forbid(policy["PolicyDocument"], action)


def sets(**changes: Any) -> Break:
    return lambda properties: properties.update(changes)


def allow_much(policy: dict[str, Any]) -> None:
    many = [f"arn:aws:s3:::bucket/{number:0>100}" for number in range(100)]
    policy["PolicyDocument"]["Statement"].append({"Action": "s3:GetObject", "Effect": "Allow", "Resource": many})


def set_many_variables(function: dict[str, Any]) -> None:
    function["Environment"]["Variables"] |= {f"IMGOPT_{number}": {"Ref": "AWS::StackName"} for number in range(30)}


def raise_body_size(function: dict[str, Any]) -> None:
    function["Environment"]["Variables"]["IMGOPT_MAX_MULTIPART_BYTES"] = "6000000"


def two_asterisks(bucket: dict[str, Any]) -> None:
    bucket["CorsConfiguration"]["CorsRules"][0]["AllowedOrigins"] = ["https://*.example.*"]


def integration_waits(method: dict[str, Any]) -> None:
    method["Integration"]["TimeoutInMillis"] = 60_000


def no_token_on_express(definition: dict[str, Any]) -> None:
    definition["States"]["OptimizeOnly"]["Resource"] = "arn:aws:states:::sqs:sendMessage.waitForTaskToken"


MACHINE, FUNCTION = "AWS::StepFunctions::StateMachine", "AWS::Lambda::Function"
PERMISSION = "AWS::Lambda::Permission"
POLICY, SCHEDULE, QUEUE = "AWS::IAM::Policy", "AWS::Scheduler::Schedule", "AWS::SQS::Queue"
BROKEN: list[tuple[str, str, str, Break]] = [
    ("state_machines.languages", "StateMachine", MACHINE, in_plan(QueryLanguage="JSONata")),
    ("state_machines.names", "StateMachine", MACHINE, in_definition(rename_state)),
    ("state_machines.names", "StateMachine", MACHINE, in_definition(repeat_name)),
    ("state_machines.sizes", "StateMachine", MACHINE, in_definition(put_plenty)),
    ("state_machines.next_states", "StateMachine", MACHINE, in_definition(lead_nowhere)),
    ("state_machines.express", "ExpressMachine", MACHINE, in_definition(no_token_on_express)),
    ("state_machines.express", "ExpressMachine", MACHINE, in_definition(lambda each: each.update(TimeoutSeconds=301))),
    ("state_machines.errors", "StateMachine", MACHINE, first_retry(ErrorEquals=["States.DataLimitExceeded"])),
    ("state_machines.errors", "StateMachine", MACHINE, first_retry(ErrorEquals=["States.ALL"])),
    ("state_machines.errors", "StateMachine", MACHINE, in_plan(Catch=[{"ErrorEquals": ["States.ALL", "X"]}])),
    ("state_machines.retries", "StateMachine", MACHINE, first_retry(IntervalSeconds=0)),
    ("state_machines.retries", "StateMachine", MACHINE, first_retry(BackoffRate=0.5)),
    ("state_machines.retries", "StateMachine", MACHINE, first_retry(MaxAttempts=-1)),
    ("state_machines.retries", "StateMachine", MACHINE, first_retry(IntervalSeconds=5, MaxDelaySeconds=5)),
    ("state_machines.time_limits", "StateMachine", MACHINE, in_plan(TimeoutSeconds=0)),
    ("state_machines.time_limits", "StateMachine", MACHINE, in_plan(TimeoutSeconds=60, HeartbeatSeconds=60)),
    ("state_machines.logs", "StateMachineLog", "AWS::Logs::LogGroup", rename_log),
    ("state_machines.rights", "StateMachineRole", POLICY, without("lambda:InvokeFunction")),
    ("state_machines.rights", "StateMachineRole", POLICY, without("sqs:SendMessage")),
    ("functions.variables", "Plan", FUNCTION, set_many_variables),
    ("functions.time_limits", "Images", FUNCTION, sets(Timeout=30)),
    ("functions.integrations", "ApiANY", "AWS::ApiGateway::Method", integration_waits),
    ("functions.concurrency", "Plan", FUNCTION, sets(ReservedConcurrentExecutions=901)),
    (
        "functions.permissions",
        "ApibillingproxyANYApiPermission",
        "AWS::Lambda::Permission",
        sets(Principal="s3.amazonaws.com"),
    ),
    ("functions.permissions", "StoppedExecutions", PERMISSION, sets(Principal="s3.amazonaws.com")),
    ("functions.queues", "Callbacks", QUEUE, sets(VisibilityTimeout=179)),
    ("functions.queues", "DeliverRole", POLICY, without("sqs:ReceiveMessage")),
    ("functions.dead_letters", "FailRole", POLICY, without("sqs:SendMessage")),
    ("functions.dead_letters", "DeadLetters", QUEUE, sets(MessageRetentionPeriod=60)),
    ("functions.dead_letters", "DeadLetters", QUEUE, sets(FifoQueue=True)),
    ("functions.policy_sizes", "PlanRole", POLICY, allow_much),
    ("schedules.expressions", "Reconcile", SCHEDULE, sets(ScheduleExpression="rate(1 minutes)")),
    ("schedules.expressions", "Reconcile", SCHEDULE, sets(ScheduleExpression="cron(0 0 * * *)")),
    ("schedules.expressions", "Reconcile", SCHEDULE, sets(ScheduleExpression="cron(0 0 1 * MON *)")),
    ("schedules.expressions", "Reconcile", SCHEDULE, sets(ScheduleExpression="cron(0 0 ? * ? *)")),
    ("schedules.rights", "ReconcileScheduleRole", POLICY, without("lambda:InvokeFunction")),
    ("schedules.rights", "ReconcileScheduleRole", POLICY, without("sqs:SendMessage")),
    ("storage.origins", "Uploads", "AWS::S3::Bucket", two_asterisks),
    ("gateways.paths", "Api", "AWS::ApiGateway::Resource", sets(PathPart="a b")),
    ("gateways.bodies", "Api", "AWS::ApiGateway::RestApi", sets(BinaryMediaTypes=["image/png"])),
    ("gateways.bodies", "Images", FUNCTION, raise_body_size),
]


@pytest.mark.parametrize(
    ("rule", "beginning", "kind", "how"), BROKEN, ids=[f"{number}-{case[0]}" for number, case in enumerate(BROKEN)]
)
def test_a_template_that_breaks_a_rule_is_found(templates, rule, beginning, kind, how):
    assert rule in broken_rules(change(templates, beginning, kind, how))


def test_every_rule_has_a_template_that_breaks_it():
    names = {f"{rule.__module__.rpartition('.')[2]}.{rule.__name__}" for rule in RULES}
    assert names - {case[0] for case in BROKEN} == {"storage.keys"}  # of which the next test is


def test_a_key_that_may_not_be_used_by_way_of_the_table_is_found(variant):
    def forget_table(key: dict[str, Any]) -> None:
        for statement in key["KeyPolicy"]["Statement"]:
            if "Condition" in statement:
                statement["Condition"]["StringEquals"]["kms:ViaService"] = ["s3.us-east-1.amazonaws.com"]

    found = broken_rules(change(variant("Stripe"), "Key", "AWS::KMS::Key", forget_table))
    assert "kms:CreateGrant" in str(found["storage.keys"])


def test_a_schedule_that_may_not_call_its_operation_is_found(variant):
    found = broken_rules(
        change(variant("another issuer behind a proxy"), "SchedulerRole", POLICY, without("sqs:UntagQueue"))
    )
    assert "sqs:UntagQueue" in str(found["schedules.rights"])


def test_siblings_that_are_both_variables_are_found(templates):
    copied = copy.deepcopy(templates)
    resources = copied["ImgoptApi"]["Resources"]
    (first, *_) = (name for name, each in resources.items() if each.get("Properties", {}).get("PathPart") == "{job_id}")
    resources["Second"] = copy.deepcopy(resources[first])
    resources["Second"]["Properties"]["PathPart"] = "{other}"
    assert "beside another variable" in str(broken_rules(copied)["gateways.paths"])


def plain(kind: str, **properties: Any) -> dict[str, Any]:
    return {"Resources": {"R": {"Type": kind, "Properties": properties}}}


def function_with(**properties: Any) -> dict[str, Any]:
    usual = {"Runtime": "python3.13", "Handler": "a.b", "Code": {"ZipFile": "x"}, "Role": "arn:aws:iam::1:role/r"}
    return plain(FUNCTION, **usual, **properties)


HANDLE, TOPIC = {"Type": "AWS::CloudFormation::WaitConditionHandle"}, {"Type": "AWS::SNS::Topic"}
FOUND_BY_LINT = {
    "E3010": {"Resources": {f"H{number}": HANDLE for number in range(501)}},
    "E6010": {"Resources": {"H": HANDLE}, "Outputs": {f"O{number}": {"Value": "a"} for number in range(201)}},
    "E1002": {"Resources": {"H": HANDLE}, "Metadata": {"Text": "x" * 1_000_000}},
    "E3004": {"Resources": {"A": {**TOPIC, "DependsOn": "B"}, "B": {**TOPIC, "DependsOn": "A"}}},
    "E3697": function_with(Environment={"Variables": {"A": "x" * 4097}}),
    "E3717": function_with(Timeout=901),
    "E3663": function_with(Environment={"Variables": {"AWS_REGION": "x"}}),
    "E3032": function_with(Layers=[f"arn:aws:lambda:us-east-1:1:layer:l:{number}" for number in range(6)]),
    "E3501": plain(QUEUE, QueueName="a", FifoQueue=True),
    "E1161": plain("AWS::S3::Bucket", BucketName="Up_per"),
}


def test_lint_finds_what_it_is_relied_upon_for(tmp_path: Path):
    for rule, template in FOUND_BY_LINT.items():
        (tmp_path / f"{rule}.template.json").write_text(json.dumps(template))
    assert found_by_lint(tmp_path) >= {(f"{rule}.template.json", rule) for rule in FOUND_BY_LINT}


def found_by_lint(folder: Path) -> set[tuple[str, str]]:
    """Names of files, and rules that each of them breaks. All at once: cfn-lint loads its rules anew each time."""
    from cfnlint.api import ManualArgs, lint_by_config

    paths = [str(path) for path in folder.glob("*.template.json")]
    found = lint_by_config(ManualArgs(templates=paths))
    return {(Path(match.filename).name, match.rule.id) for match in found}
