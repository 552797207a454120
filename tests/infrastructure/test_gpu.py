"""The stacks that the context `gpu` adds: nothing while nobody asks, no way in, and no more rights than needed."""

import json
import os
from typing import Any

import pytest

from cdk.node import NODE
from tests.infrastructure.test_templates import as_list

os.environ.setdefault("JSII_NODE", str(NODE))
VISIBILITY_SECONDS = 630
SMALL = {"gpu": True, "gpu_max_tasks": 3, "gpu_keep_minutes": 7}


@pytest.fixture(scope="module")
def found(tmp_path_factory) -> dict[str, dict[str, Any]]:
    """Resources by logical id, of all stacks, synthesised under cdk-nag's rules."""
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks

    from cdk.app import build_app

    folder = tmp_path_factory.mktemp("gpu")
    app = build_app(folder, **SMALL)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()
    templates = [json.loads(path.read_text()) for path in folder.glob("*.template.json")]
    return {name: each for template in templates for name, each in template["Resources"].items()}


@pytest.fixture(scope="module")
def of_kind(found):
    def find(kind: str) -> list[dict[str, Any]]:
        return [each["Properties"] for each in found.values() if each["Type"] == kind]

    return find


def test_without_the_context_there_is_no_gpu_and_no_network(templates):
    assert set(templates) == {"ImgoptData", "ImgoptPipeline", "ImgoptApi"}


def test_there_is_no_gateway_to_pay_for(of_kind):
    assert not of_kind("AWS::EC2::NatGateway")
    assert [each["VpcEndpointType"] for each in of_kind("AWS::EC2::VPCEndpoint")] == ["Gateway"]


def test_nobody_gets_in_and_nothing_but_https_gets_out(of_kind):
    assert not of_kind("AWS::EC2::SecurityGroupIngress")
    (group,) = of_kind("AWS::EC2::SecurityGroup")
    assert "SecurityGroupIngress" not in group
    assert [(each["FromPort"], each["ToPort"]) for each in group["SecurityGroupEgress"]] == [(443, 443)]


def test_a_container_can_not_ask_for_the_credentials_of_its_instance(of_kind):
    (template,) = of_kind("AWS::EC2::LaunchTemplate")
    options = template["LaunchTemplateData"]["MetadataOptions"]
    assert options == {"HttpPutResponseHopLimit": 1, "HttpTokens": "required"}
    (disk,) = template["LaunchTemplateData"]["BlockDeviceMappings"]
    assert disk["Ebs"]["Encrypted"] is True


def test_nothing_runs_while_nothing_is_to_be_done(of_kind):
    (service,), (target,), (group,) = (
        of_kind(kind)
        for kind in (
            "AWS::ECS::Service",
            "AWS::ApplicationAutoScaling::ScalableTarget",
            "AWS::AutoScaling::AutoScalingGroup",
        )
    )
    assert service["DesiredCount"] == 0
    assert (target["MinCapacity"], target["MaxCapacity"]) == (0, 3)
    assert (group["MinSize"], group["MaxSize"]) == ("0", "3")


def test_the_first_order_brings_a_task_and_an_empty_queue_ends_all_after_a_while(found, of_kind):
    alarms = {name[:4]: each["Properties"] for name, each in found.items() if each["Type"] == "AWS::CloudWatch::Alarm"}
    busy, idle = alarms["Busy"], alarms["Idle"]
    assert (busy["EvaluationPeriods"], busy["TreatMissingData"]) == (1, "notBreaching")
    assert (idle["EvaluationPeriods"], idle["Threshold"]) == (7, 0)
    (formula,) = [each["Expression"] for each in busy["Metrics"] if "Expression" in each]
    assert "FILL(visible, 0) + FILL(taken, 0)" in formula
    steps = [each["StepScalingPolicyConfiguration"] for each in of_kind("AWS::ApplicationAutoScaling::ScalingPolicy")]
    adjustments = {each["AdjustmentType"]: each["StepAdjustments"][0]["ScalingAdjustment"] for each in steps}
    assert adjustments == {"ChangeInCapacity": 1, "ExactCapacity": 0}


def test_the_queue_is_called_before_it_counts_as_inactive(of_kind):
    (schedule,) = of_kind("AWS::Scheduler::Schedule")
    told = json.dumps(schedule["Target"]["Input"])
    assert schedule["ScheduleExpression"] == "rate(5 hours)"
    assert str(VISIBILITY_SECONDS) in told  # as it is


def test_the_worker_writes_to_its_folder_for_scratch_alone_and_has_time_to_end(of_kind):
    (task,) = of_kind("AWS::ECS::TaskDefinition")
    (worker,) = task["ContainerDefinitions"]
    settings = {each["Name"]: each["Value"] for each in worker["Environment"]}
    assert (worker["ReadonlyRootFilesystem"], worker.get("Privileged", False)) == (True, False)
    assert [each["ContainerPath"] for each in worker["LinuxParameters"]["Tmpfs"]] == ["/tmp"]  # noqa: S108
    assert worker["ResourceRequirements"] == [{"Type": "GPU", "Value": "1"}]
    assert worker["StopTimeout"] > int(settings["IMGOPT_UPSCALE_GRACE_SECONDS"])
    assert "gpu_container.health" in json.dumps(worker["HealthCheck"])
    assert "Large" in json.dumps(settings["IMGOPT_UPSCALE_QUEUE_URLS"])


def test_the_worker_may_do_what_it_needs_and_no_more(found):
    policy = next(each["Properties"] for name, each in found.items() if name.startswith("TaskRoleDefaultPolicy"))
    statements = policy["PolicyDocument"]["Statement"]
    actions = {action for each in statements for action in as_list(each["Action"])}
    assert actions == {
        "s3:GetObject",
        "s3:ListBucket",
        "s3:PutObject",
        "sqs:ChangeMessageVisibility",
        "sqs:DeleteMessage",
        "sqs:GetQueueAttributes",
        "sqs:GetQueueUrl",
        "sqs:ReceiveMessage",
        "states:SendTaskFailure",
        "states:SendTaskHeartbeat",
        "states:SendTaskSuccess",
    }
    assert not [each for each in statements if each["Resource"] == "*"]


def test_the_function_leaves_large_orders_to_the_gpu(of_kind):
    mappings = [json.dumps(each) for each in of_kind("AWS::Lambda::EventSourceMapping")]
    assert [each for each in mappings if "UpscalesSmall" in each]
    assert not [each for each in mappings if "UpscalesLarge" in each]


@pytest.mark.parametrize("wrong", [{"gpu_max_tasks": 0}, {"gpu_keep_minutes": 90}, {"gpu_instance_type": "m7g.large"}])
def test_options_that_make_no_sense_are_told(tmp_path, wrong):
    from cdk.app import build_app

    with pytest.raises(ValueError, match="context gpu_"):
        build_app(tmp_path, gpu=True, **wrong)
