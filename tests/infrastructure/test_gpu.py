"""The stacks of the option `gpu`: no instance without orders, no inbound access, and no surplus permissions."""

import json
import math
import os
from typing import Any

import pytest

from cdk.node import NODE
from gpu_container.worker.settings import WorkerSettings
from imgopt.settings import Settings
from tests.infrastructure.conftest import REGION
from tests.infrastructure.test_imports import ROOT
from tests.infrastructure.test_templates import as_list
from tests.infrastructure.variants import FEW_GPUS

os.environ.setdefault("JSII_NODE", str(NODE))
INACTIVE_HOURS = 6


@pytest.fixture(scope="module")
def found(variant) -> dict[str, dict[str, Any]]:
    """Resources by logical id."""
    templates = variant("a second installation").values()
    return {name: each for template in templates for name, each in template["Resources"].items()}


@pytest.fixture(scope="module")
def of_kind(found):
    def find(kind: str) -> list[dict[str, Any]]:
        return [each["Properties"] for each in found.values() if each["Type"] == kind]

    return find


@pytest.fixture(scope="module")
def named(found):
    """The properties of the one resource of a kind whose logical id begins so."""

    def find(kind: str, beginning: str) -> dict[str, Any]:
        (name,) = (name for name, each in found.items() if each["Type"] == kind and name.startswith(beginning))
        return found[name]["Properties"]

    return find


def test_templates_without_the_context_have_no_gpu_and_no_network(templates):
    assert not {"ImgoptGpu", "ImgoptNetwork"} & set(templates)


def test_templates_have_no_nat_gateway(of_kind):
    assert not of_kind("AWS::EC2::NatGateway")
    assert [each["VpcEndpointType"] for each in of_kind("AWS::EC2::VPCEndpoint")] == ["Gateway"]


def test_security_group_allows_no_ingress_and_egress_by_https_alone(of_kind):
    assert not of_kind("AWS::EC2::SecurityGroupIngress")
    (group,) = of_kind("AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    assert [(each["FromPort"], each["ToPort"]) for each in group["SecurityGroupEgress"]] == [(443, 443)]


def test_a_container_can_not_ask_for_the_credentials_of_its_instance(of_kind):
    (template,), (task,) = of_kind("AWS::EC2::LaunchTemplate"), of_kind("AWS::ECS::TaskDefinition")
    options = template["LaunchTemplateData"]["MetadataOptions"]
    assert options == {"HttpPutResponseHopLimit": 1, "HttpTokens": "required"}
    assert task["NetworkMode"] == "bridge"  # which is a hop; in host mode there would be none


def test_disks_are_encrypted(of_kind):
    (template,) = of_kind("AWS::EC2::LaunchTemplate")
    (disk,) = template["LaunchTemplateData"]["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is True


def test_instances_scale_down_to_zero(of_kind):
    (group,), (service,) = of_kind("AWS::AutoScaling::AutoScalingGroup"), of_kind("AWS::ECS::Service")
    assert (group["MinSize"], group["MaxSize"]) == ("0", "3")
    assert "DesiredCapacity" not in group  # a deployment would set it anew
    assert service["SchedulingStrategy"] == "DAEMON"


def test_instances_are_tried_in_the_order_that_was_given(of_kind):
    (group,) = of_kind("AWS::AutoScaling::AutoScalingGroup")
    policy = group["MixedInstancesPolicy"]
    assert [each["InstanceType"] for each in policy["LaunchTemplate"]["Overrides"]] == FEW_GPUS["gpu_instance_types"]
    assert policy["InstancesDistribution"]["OnDemandAllocationStrategy"] == "prioritized"
    assert policy["InstancesDistribution"]["OnDemandPercentageAboveBaseCapacity"] == 100


def test_only_the_backlog_changes_how_many_there_are(of_kind):
    (provider,) = (each["AutoScalingGroupProvider"] for each in of_kind("AWS::ECS::CapacityProvider"))
    assert provider["ManagedScaling"] == {"Status": "DISABLED"}
    assert (provider["ManagedTerminationProtection"], provider["ManagedDraining"]) == ("DISABLED", "ENABLED")
    assert not of_kind("AWS::ApplicationAutoScaling::ScalingPolicy")


def fires(alarm: dict, orders: int) -> bool:
    at_least = alarm["ComparisonOperator"] == "GreaterThanOrEqualToThreshold"
    return orders >= alarm["Threshold"] if at_least else orders <= alarm["Threshold"]


def holds(step: dict, beyond: float) -> bool:
    """Above a threshold lower bounds belong to their step, below it upper ones do."""
    low, high = step.get("MetricIntervalLowerBound", -math.inf), step.get("MetricIntervalUpperBound", math.inf)
    return low <= beyond < high if beyond >= 0 and low >= 0 else low < beyond <= high


def instances(orders: int, alarm: dict, policy: dict) -> int | None:
    """Returns the number of instances that a policy sets for this number of orders; None if its alarm does not fire."""
    if not fires(alarm, orders):
        return None
    (step,) = (each for each in policy["StepAdjustments"] if holds(each, orders - alarm["Threshold"]))
    return step["ScalingAdjustment"]


@pytest.mark.parametrize(
    ("orders", "count"), [(0, None), (1, 1), (20, 1), (21, 2), (40, 2), (41, 3), (60, 3), (61, 3), (10_000, 3)]
)
def test_the_first_order_brings_an_instance_and_every_twenty_one_more(named, orders, count):
    alarm = named("AWS::CloudWatch::Alarm", "BacklogWaiting")
    policy = named("AWS::AutoScaling::ScalingPolicy", "BacklogSize")
    assert (policy["AdjustmentType"], alarm["EvaluationPeriods"]) == ("ExactCapacity", 1)
    assert instances(orders, alarm, policy) == count


@pytest.mark.parametrize(("orders", "count"), [(0, 0), (1, None), (30, None)])
def test_an_empty_queue_ends_all(named, orders, count):
    alarm = named("AWS::CloudWatch::Alarm", "BacklogIdle")
    policy = named("AWS::AutoScaling::ScalingPolicy", "BacklogNone")
    assert policy["AdjustmentType"] == "ExactCapacity"
    assert instances(orders, alarm, policy) == count


def test_instances_wait_for_more_to_do_before_they_end(named):
    alarm = named("AWS::CloudWatch::Alarm", "BacklogIdle")
    assert (alarm["EvaluationPeriods"], alarm["Metrics"][1]["MetricStat"]["Period"]) == (7, 60)
    assert named("AWS::AutoScaling::ScalingPolicy", "BacklogSize")["EstimatedInstanceWarmup"] == 7 * 60


def test_alarms_count_waiting_and_taken_messages_and_ignore_missing_data(of_kind):
    alarms = [each for each in of_kind("AWS::CloudWatch::Alarm") if "AlarmName" not in each]
    assert len(alarms) == 2
    for alarm in alarms:
        formula, *metrics = alarm["Metrics"]
        names = {each["Id"]: each["MetricStat"]["Metric"]["MetricName"] for each in metrics}
        assert formula["Expression"] == "visible + FILL(taken, 0)"
        assert names["visible"].endswith("NumberOfMessagesVisible")
        assert names["taken"].endswith("NumberOfMessagesNotVisible")
        assert {"Large" in json.dumps(each) for each in metrics} == {True}
        assert alarm["TreatMissingData"] == "notBreaching"


def test_the_queue_is_called_before_it_counts_as_inactive(of_kind, named):
    (schedule,) = (each for each in of_kind("AWS::Scheduler::Schedule") if "untagQueue" in json.dumps(each))
    (statement,) = named("AWS::IAM::Policy", "SchedulerRole")["PolicyDocument"]["Statement"]
    hours = int(schedule["ScheduleExpression"].removeprefix("rate(").removesuffix(" hours)"))
    assert hours < INACTIVE_HOURS
    assert (statement["Action"], "Large" in json.dumps(statement["Resource"])) == ("sqs:UntagQueue", True)


@pytest.fixture(scope="module")
def worker(of_kind) -> dict[str, Any]:
    (task,) = of_kind("AWS::ECS::TaskDefinition")
    (worker,) = task["ContainerDefinitions"]
    return worker


def test_the_worker_is_nobody_and_writes_to_its_folder_for_scratch_alone(worker):
    assert worker["ReadonlyRootFilesystem"] is True
    assert worker["LinuxParameters"]["Capabilities"] == {"Drop": ["ALL"]}
    assert worker["DockerSecurityOptions"] == ["no-new-privileges"]
    assert [each["ContainerPath"] for each in worker["LinuxParameters"]["Tmpfs"]] == ["/tmp"]  # noqa: S108
    assert f"\nUSER {worker['User']}\n" in (ROOT / "gpu_container" / "Dockerfile").read_text()
    assert not worker["User"].startswith("0")


def test_the_worker_has_a_gpu_and_time_to_end(worker):
    settings = {each["Name"]: each["Value"] for each in worker["Environment"]}
    assert worker["ResourceRequirements"] == [{"Type": "GPU", "Value": "1"}]
    assert worker["StopTimeout"] > int(settings["IMGOPT_UPSCALE_GRACE_SECONDS"])
    assert "gpu_container.health" in worker["HealthCheck"]["Command"]


def test_the_worker_knows_its_queue_and_its_region_and_all_its_settings_exist(worker):
    settings = {each["Name"]: each["Value"] for each in worker["Environment"]}
    assert "UpscalesLarge" in json.dumps(settings["IMGOPT_UPSCALE_QUEUE_URLS"])
    assert settings["AWS_DEFAULT_REGION"] == REGION  # instances don't tell it to containers
    known = {f"IMGOPT_UPSCALE_{name.upper()}" for name in WorkerSettings.model_fields}
    known |= {f"IMGOPT_{name.upper()}" for name in Settings.model_fields}
    assert {name for name in settings if name.startswith("IMGOPT_")} <= known


def test_the_image_is_made_of_the_worker_alone(tmp_path):
    import aws_cdk

    from cdk.stacks.gpu import worker_image

    app = aws_cdk.App(outdir=str(tmp_path))
    worker_image(aws_cdk.Stack(app, "Stack"))
    app.synth()
    assets = json.loads((tmp_path / "Stack.assets.json").read_text())["dockerImages"]
    (source,) = (each["source"] for each in assets.values())
    context = tmp_path / source["directory"]
    assert (source["dockerFile"], source["platform"]) == ("gpu_container/Dockerfile", "linux/amd64")
    tops = {path.name for path in context.iterdir()} - {".dockerignore"}
    assert tops == {"gpu_container", "layers", "pyproject.toml", "uv.lock"}
    assert not list(context.rglob("__pycache__"))


def test_the_worker_may_do_what_it_needs_and_no_more(named):
    statements = named("AWS::IAM::Policy", "TaskRoleDefaultPolicy")["PolicyDocument"]["Statement"]
    actions = {action for each in statements for action in as_list(each["Action"])}
    assert actions == {
        "s3:GetObject",
        "s3:PutObject",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:ReceiveMessage",
        "states:SendTaskFailure",
        "states:SendTaskHeartbeat",
        "states:SendTaskSuccess",
    }


# What has no resource, or is bound by a condition.
ON_EVERYTHING = {
    "InstancesRole": {
        "ecr:GetAuthorizationToken",
        "ecs:DiscoverPollEndpoint",
        "ecs:Poll",
        "ecs:StartTelemetrySession",
        "logs:CreateLogStream",
        "logs:PutLogEvents",
    },
    "TaskExecutionRole": {"ecr:GetAuthorizationToken"},
    "TaskRole": set(),
}


@pytest.mark.parametrize("role", ON_EVERYTHING)
def test_little_is_allowed_on_every_resource(named, role):
    statements = named("AWS::IAM::Policy", f"{role}DefaultPolicy")["PolicyDocument"]["Statement"]
    everywhere = [each for each in statements if "*" in as_list(each["Resource"])]
    assert {action for each in everywhere for action in as_list(each["Action"])} == ON_EVERYTHING[role]


def test_logs_are_kept_for_a_month_and_those_of_each_state_for_days(of_kind):
    assert {each["RetentionInDays"] for each in of_kind("AWS::Logs::LogGroup")} == {3, 7, 30}  # 7 of the firewall


def test_the_function_leaves_large_orders_to_the_gpu(named):
    plan = named("AWS::Lambda::Function", "PlanFunction")
    assert "UpscalesLarge" in json.dumps(plan["Environment"]["Variables"]["IMGOPT_UPSCALES_QUEUE_URL"])


def options(**context: object):
    import aws_cdk

    from cdk.constructs.gpu_options import options_of

    return options_of(aws_cdk.Stack(aws_cdk.App(context=context), "Stack"))


def test_options_may_be_text_as_the_command_line_gives_them():
    given = options(gpu="true", gpu_instance_types="g5.xlarge, g6e.2xlarge", gpu_max_tasks="2", gpu_spot="false")
    assert given.instance_types == ("g5.xlarge", "g6e.2xlarge")
    assert (given.max_tasks, given.spot, given.keep_minutes) == (2, False, 10)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("gpu_max_tasks", 0),
        ("gpu_max_tasks", "many"),
        ("gpu_keep_minutes", 90),
        ("gpu_instance_types", ["m7g.large"]),
        ("gpu_instance_types", "g4ad.xlarge"),
        ("gpu_instance_types", []),
        ("gpu_spot", "sometimes"),
        ("gpu_max_task", 2),
    ],
)
def test_an_option_that_makes_no_sense_is_named(name, value):
    with pytest.raises(ValueError, match=name):
        options(**{name: value})
