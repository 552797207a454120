"""The checks of an account: what exists, what is missing, and what is unknown."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from cdk.account import bootstrap, functions, gateway, gpu, stacks, tagging
from cdk.account.checks import CHECKS, Check, always, result_of
from cdk.account.installation import Installation
from cdk.constructs.gpu_options import GpuOptions
from cdk.context import ModelChoice
from tests.infrastructure.aws_double import account_with, account_without_rights

MODEL = ModelChoice("bedrock", "amazon.nova-lite-v1:0", "us-east-1")
PROFILE = ModelChoice("bedrock", "us.amazon.nova-lite-v1:0", "us-east-1")
OTHERS = ModelChoice("bedrock", "anthropic.claude-haiku-4-5-20251001-v1:0", "us-east-1")
OWN = ModelChoice("bedrock", "arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc", "us-east-1")
PLAIN = Installation("Imgopt", MODEL, {"optimize_mb": 3008, "upscale_mb": 3008}, None, True, False)
GPU = replace(PLAIN, gpu=GpuOptions())
SPOT = replace(PLAIN, gpu=GpuOptions(gpu_spot=True, gpu_instance_types="g6.2xlarge"))

NO_STACK = ("cloudformation", "describe_stacks", "ValidationError: Stack with id Imgopt does not exist")
LAYER_POLICY = "because no resource-based policy allows the lambda:GetLayerVersion action"
MODEL_ARN = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"


def version(value):
    return ("ssm", "get_parameter", {"Parameter": {"Value": value}})


def limits(most):
    told = {"ConcurrentExecutions": most, "UnreservedConcurrentExecutions": most}
    return ("lambda", "get_account_settings", {"AccountLimit": told})


def layer(answer):
    return ("lambda", "get_layer_version_by_arn", answer)


def log_role(arn):
    return ("apigateway", "get_account", {"cloudwatchRoleArn": arn} if arn else {})


def stack(state):
    told = {"StackName": "Imgopt", "StackStatus": state, "CreationTime": datetime(2026, 11, 1, tzinfo=UTC)}
    return ("cloudformation", "describe_stacks", {"Stacks": [told]})


def groups(*names):
    return ("logs", "describe_log_groups", {"logGroups": [{"logGroupName": name} for name in names]})


def model(status="ACTIVE", takes="IMAGE"):
    lifecycle = {"status": status}
    known = {"modelArn": MODEL_ARN, "modelId": MODEL.name, "inputModalities": ["TEXT", takes]}
    return ("bedrock", "get_foundation_model", {"modelDetails": {**known, "modelLifecycle": lifecycle}})


def profile():
    known = {"inferenceProfileName": "n", "inferenceProfileArn": "arn:aws:bedrock:us-east-1::inference-profile/n"}
    more = {
        "inferenceProfileId": "n",
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
        "models": [{"modelArn": MODEL_ARN}],
    }
    return ("bedrock", "get_inference_profile", {**known, **more})


def access(authorized="AUTHORIZED", agreement="AVAILABLE"):
    known = {"modelId": "m", "agreementAvailability": {"status": agreement}, "authorizationStatus": authorized}
    more = {"entitlementAvailability": "AVAILABLE", "regionAvailability": "AVAILABLE"}
    return ("bedrock", "get_foundation_model_availability", {**known, **more})


def role(answer):
    return ("iam", "get_role", answer)


def quota(value):
    return ("service-quotas", "get_service_quota", {"Quota": {"Value": float(value)}})


def offered(*kinds):
    found = [{"InstanceType": kind, "Location": "us-east-1a"} for kind in kinds]
    return ("ec2", "describe_instance_type_offerings", {"InstanceTypeOfferings": found})


def vpcs(count):
    return ("ec2", "describe_vpcs", {"Vpcs": [{"VpcId": f"vpc-{index}"} for index in range(count)]})


FOUND_ROLE = {
    "Role": {
        "Path": "/aws-service-role/",
        "RoleName": "AWSServiceRoleForECS",
        "RoleId": "AROA0123456789012345",
        "Arn": "arn:aws:iam::123456789012:role/x",
        "CreateDate": datetime(2026, 1, 1, tzinfo=UTC),
    }
}
OTHERS_ROLE = "arn:aws:iam::123456789012:role/Shop-ApiCloudWatchRole"
OWN_ROLE = "arn:aws:iam::123456789012:role/ImgoptApi-ApiCloudWatchRole"
GROUP = "/aws/vendedlogs/states/ImgoptPipeline"


@pytest.mark.parametrize(
    ("look", "installation", "answers", "mark", "said"),
    [
        (bootstrap.version, PLAIN, [version("21")], "ok", "version 21"),
        (bootstrap.version, PLAIN, [version("5")], "missing", "make bootstrap ARGS=aws://123456789012/us-east-1"),
        (bootstrap.version, PLAIN, [("ssm", "get_parameter", "ParameterNotFound")], "missing", "make bootstrap"),
        (functions.concurrency, PLAIN, [limits(1000)], "ok", "limit is 1000"),
        (functions.concurrency, PLAIN, [limits(10)], "missing", "--service-code lambda --quota-code L-B99A9384 --des"),
        (functions.concurrency, PLAIN, [("lambda", "get_account_settings", {})], "unknown", "returned no limit"),
        (functions.memory, replace(PLAIN, memory={"upscale_mb": 6144}), [], "unknown", "-c upscale_mb=3008"),
        (functions.web_adapter, PLAIN, [layer({})], "ok", "exists"),
        (functions.web_adapter, PLAIN, [layer("ResourceNotFoundException")], "missing", "not published in this region"),
        (functions.web_adapter, PLAIN, [layer(f"AccessDeniedException: {LAYER_POLICY}")], "missing", "not published"),
        (
            functions.web_adapter,
            PLAIN,
            [layer("AccessDeniedException: by an SCP")],
            "unknown",
            "lambda:GetLayerVersion",
        ),
        (gateway.log_role, PLAIN, [log_role("")], "ok", "deploying sets one"),
        (gateway.log_role, PLAIN, [log_role(OWN_ROLE)], "ok", "set by this installation"),
        (gateway.log_role, PLAIN, [log_role(OTHERS_ROLE)], "missing", "-c log_role=false"),
        (gateway.log_role, replace(PLAIN, sets_log_role=False), [log_role(OTHERS_ROLE)], "ok", "kept"),
        (gateway.log_role, replace(PLAIN, sets_log_role=False), [log_role("")], "missing", "-c log_role=true"),
        (stacks.deployed_stacks, PLAIN, [NO_STACK] * 5, "ok", "none with the name Imgopt exists yet"),
        (stacks.deployed_stacks, PLAIN, [stack("REVIEW_IN_PROGRESS"), *[NO_STACK] * 4], "ok", "none with the name"),
        (
            stacks.deployed_stacks,
            PLAIN,
            [stack("CREATE_COMPLETE"), *[NO_STACK] * 4],
            "ok",
            "last changed on 2026-11-01: ImgoptData.",
        ),
        (stacks.deployed_stacks, PLAIN, [stack("UPDATE_COMPLETE")] * 5, "ok", "-c name=Another"),
        (
            stacks.deployed_stacks,
            PLAIN,
            [stack("ROLLBACK_COMPLETE"), *[NO_STACK] * 4],
            "missing",
            "delete-stack --stack-name ImgoptData --region us-east-1",
        ),
        (
            stacks.deployed_stacks,
            PLAIN,
            [stack("UPDATE_ROLLBACK_FAILED"), *[NO_STACK] * 4],
            "missing",
            "continue-update-rollback",
        ),
        (stacks.deployed_stacks, PLAIN, [stack("UPDATE_IN_PROGRESS"), *[NO_STACK] * 4], "missing", "can't be updated"),
        (stacks.unused_stacks, PLAIN, [NO_STACK] * 3, "ok", "none"),
        (
            stacks.unused_stacks,
            replace(GPU, has_issuer=True),
            [NO_STACK, stack("CREATE_COMPLETE")],
            "ok",
            "delete-stack --stack-name ImgoptAuth",
        ),
        (stacks.log_groups, PLAIN, [groups()], "ok", "is free"),
        (stacks.log_groups, PLAIN, [groups(f"{GROUP}Two")], "ok", "is free"),
        (stacks.log_groups, PLAIN, [groups(GROUP), stack("CREATE_COMPLETE")], "ok", "this installation"),
        (stacks.log_groups, PLAIN, [groups(GROUP), NO_STACK], "missing", f"delete-log-group --log-group-name {GROUP}"),
        (
            stacks.log_groups,
            PLAIN,
            [groups(f"{GROUP}/express"), NO_STACK],
            "missing",
            f"log-group-name {GROUP}/express",
        ),
        (tagging.lifecycle, PLAIN, [model()], "ok", "active"),
        (tagging.lifecycle, PLAIN, [model("LEGACY")], "missing", "list-foundation-models"),
        (tagging.lifecycle, PLAIN, [model(takes="TEXT")], "missing", "does not accept images"),
        (tagging.lifecycle, PLAIN, [("bedrock", "get_foundation_model", {})], "unknown", "not told"),
        (
            tagging.lifecycle,
            PLAIN,
            [("bedrock", "get_foundation_model", "ResourceNotFoundException")],
            "missing",
            "IMGOPT_TAGGING_MODEL_ID",
        ),
        (
            tagging.lifecycle,
            replace(PLAIN, model=PROFILE),
            [("bedrock", "get_foundation_model", "ValidationException")],
            "unknown",
            "not known in us-east-1",
        ),
        (
            tagging.lifecycle,
            replace(PLAIN, model=replace(MODEL, name="")),
            [],
            "missing",
            "IMGOPT_TAGGING_REGION",
        ),
        (
            tagging.lifecycle,
            replace(PLAIN, model=OWN),
            [profile(), model()],
            "ok",
            "amazon.nova-lite-v1:0 is active",
        ),
        (tagging.profile, replace(PLAIN, model=PROFILE), [profile()], "ok", "can be called from us-east-1"),
        (
            tagging.profile,
            replace(PLAIN, model=PROFILE),
            [("bedrock", "get_inference_profile", "ResourceNotFoundException")],
            "missing",
            "IMGOPT_TAGGING_MODEL_ID",
        ),
        (tagging.access, PLAIN, [access()], "ok", "may use amazon.nova-lite-v1:0"),
        (tagging.access, PLAIN, [access(agreement="NOT_AVAILABLE")], "ok", "may use"),
        (
            tagging.access,
            replace(PLAIN, model=OTHERS),
            [access(agreement="NOT_AVAILABLE")],
            "missing",
            "#/model-catalog",
        ),
        (
            tagging.access,
            PLAIN,
            [access(authorized="NOT_AUTHORIZED")],
            "missing",
            "authorizationStatus is NOT_AUTHORIZED",
        ),
        (gpu.ecs_role, GPU, [role(FOUND_ROLE)], "ok", "AWSServiceRoleForECS exists"),
        (
            gpu.ecs_role,
            GPU,
            [role("NoSuchEntity")],
            "missing",
            "create-service-linked-role --aws-service-name ecs.amazonaws.com",
        ),
        (gpu.spot_role, SPOT, [role("NoSuchEntity")], "missing", "--aws-service-name spot.amazonaws.com"),
        (gpu.on_demand, GPU, [quota(16)], "ok", "16 vCPUs"),
        (gpu.on_demand, GPU, [quota(8)], "missing", "only 2 would start"),
        (gpu.on_demand, GPU, [quota(0)], "missing", "--service-code ec2 --quota-code L-DB2E81BA --desired-value 16"),
        (gpu.on_demand, SPOT, [quota(8)], "ok", "needs 1 instances of 8 vCPUs"),
        (gpu.spot, SPOT, [quota(0)], "missing", "--service-code ec2 --quota-code L-3819A6DF --desired-value 24"),
        (
            gpu.on_demand,
            GPU,
            [("service-quotas", "get_service_quota", "NoSuchResourceException")],
            "unknown",
            "L-DB2E81BA",
        ),
        (
            gpu.offerings,
            GPU,
            [offered("g6.xlarge", "g5.xlarge")],
            "ok",
            "g6.xlarge in us-east-1a; g5.xlarge in us-east-1a",
        ),
        (gpu.offerings, GPU, [offered("g5.xlarge")], "missing", "-c gpu_instance_types=g5.xlarge"),
        (gpu.offerings, GPU, [offered()], "missing", "another region"),
        (gpu.vpcs, GPU, [NO_STACK, vpcs(4), quota(5)], "ok", "4 of 5"),
        (gpu.vpcs, GPU, [NO_STACK, vpcs(5), quota(5)], "missing", "L-F678F1CE --desired-value 6"),
        (gpu.vpcs, GPU, [stack("CREATE_COMPLETE")], "ok", "ImgoptNetwork already has its VPC"),
    ],
)
def test_a_check_tells_what_the_account_lacks(look, installation, answers, mark, said):
    account, stubs = account_with(answers)
    found = result_of(Check("", look), account, installation)
    for stub in stubs:
        stub.assert_no_pending_responses()
        stub.deactivate()
    assert (found.status, said in " ".join([found.text, *found.remedies])) == (mark, True), found


@pytest.mark.parametrize(
    "check", [each for each in CHECKS if each.run is not functions.memory], ids=lambda each: each.subject
)
def test_forbidden_checks_are_unknown_and_never_fine(check):
    found = result_of(check, account_without_rights(), replace(SPOT, model=PROFILE, has_issuer=True))
    assert found.status == "unknown"
    assert "may not call " in found.text


@pytest.mark.parametrize(
    ("installation", "subjects"),
    [
        (PLAIN, {"Model for tags", "Access to the model", "Unused stacks"}),
        (replace(PLAIN, model=replace(MODEL, tagger="none")), {"Unused stacks"}),
        (
            replace(GPU, model=PROFILE, has_alarms=True),
            {
                "Model for tags",
                "Access to the model",
                "Inference profile",
                "Role of ECS",
                "GPU types",
                "Quota of on-demand GPUs",
                "VPCs",
            },
        ),
        (
            replace(PLAIN, model=replace(MODEL, name="arn:aws:bedrock:us-east-1:123456789012:imported-model/abc")),
            {"Unused stacks"},
        ),
        (
            replace(PLAIN, memory={"optimize_mb": 6144}),
            {"Memory of functions", "Model for tags", "Access to the model", "Unused stacks"},
        ),
    ],
)
def test_checks_that_an_installation_does_not_need_are_skipped(installation, subjects):
    optional = [each for each in CHECKS if each.concerns is not always]
    assert {each.subject for each in optional if each.concerns(installation)} == subjects
