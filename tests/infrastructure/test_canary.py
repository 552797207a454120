"""Canaries: which functions are shifted to new versions, for how long, and what reverts them."""

import json
import re
from typing import Any

import pytest

from cdk.canary_options import SHIFTED_ROUTES, SHIFTED_STAGES, canary_minutes_of
from imgopt.metrics import Metric
from tests.infrastructure.conftest import app_of

SHIFTED = {*SHIFTED_ROUTES, *SHIFTED_STAGES}


@pytest.fixture(scope="module")
def found(variant) -> dict[str, dict[str, Any]]:
    """Resources of an installation with `canary_minutes`, by logical id."""
    stacks = variant("another issuer behind a proxy").values()
    return {name: each for template in stacks for name, each in template["Resources"].items()}


def of_kind(found: dict[str, dict[str, Any]], kind: str) -> dict[str, dict[str, Any]]:
    return {name: each for name, each in found.items() if each["Type"] == kind}


def test_calls_are_shifted_only_where_that_is_asked_for(of_type):
    assert of_type("AWS::Lambda::Alias") == {}
    assert of_type("AWS::CodeDeploy::DeploymentGroup") == {}


def test_every_alias_is_moved_by_codedeploy(found):
    aliases = of_kind(found, "AWS::Lambda::Alias")
    assert {name.split("Live")[0] for name in aliases} == SHIFTED
    moved = [each["UpdatePolicy"]["CodeDeployLambdaAliasUpdate"] for each in aliases.values()]
    groups = of_kind(found, "AWS::CodeDeploy::DeploymentGroup")
    assert {each["DeploymentGroupName"]["Ref"] for each in moved} == {*groups}


def test_tenth_of_the_calls_goes_to_a_new_version_for_the_minutes_that_are_asked_for(found):
    configs = of_kind(found, "AWS::CodeDeploy::DeploymentConfig").values()
    routing = [each["Properties"]["TrafficRoutingConfig"] for each in configs]
    canary = {"CanaryInterval": 5, "CanaryPercentage": 10}
    assert routing == [{"TimeBasedCanary": canary, "Type": "TimeBasedCanary"}]  # under one id in both stacks


def test_new_version_is_taken_back_where_an_alarm_goes_off(found):
    alarms = of_kind(found, "AWS::CloudWatch::Alarm")
    for each in of_kind(found, "AWS::CodeDeploy::DeploymentGroup").values():
        properties = each["Properties"]
        assert "DEPLOYMENT_STOP_ON_ALARM" in properties["AutoRollbackConfiguration"]["Events"]
        assert properties["AlarmConfiguration"]["Enabled"]
        assert {alarm["Name"]["Ref"] for alarm in properties["AlarmConfiguration"]["Alarms"]} <= {*alarms}


def test_callers_of_a_function_that_is_shifted_call_its_alias(found):
    """A caller of the function itself would get the new version at once."""
    for kind in ("AWS::ApiGateway::Method", "AWS::StepFunctions::StateMachine", "AWS::Events::Rule"):
        text = json.dumps([each["Properties"] for each in of_kind(found, kind).values()])
        assert "Live" in text
        assert [name for name in SHIFTED if re.search(f'"{name}Function(?!Arn")', text)] == []


def test_refusals_of_a_stage_are_no_failures(found):
    """Each stage counts its refusals under its own name."""
    (alarm,) = (each for name, each in found.items() if name.startswith("CanaryOptimizeFailures"))
    metrics = {each["Id"]: each for each in alarm["Properties"]["Metrics"]}
    refused = metrics["refusals"]["MetricStat"]["Metric"]
    assert refused["MetricName"] == Metric.STAGE_REFUSALS
    assert {"Name": "stage", "Value": "optimize"} in refused["Dimensions"]
    (expression,) = (each["Expression"] for each in metrics.values() if "Expression" in each)
    assert expression == "(errors - FILL(refusals, 0)) / calls"


@pytest.mark.parametrize(("given", "minutes"), [(None, 0), ("0", 0), (5, 5), ("60", 60)])
def test_minutes_are_read(given, minutes):
    assert canary_minutes_of(app_of(canary_minutes=given) if given is not None else app_of()) == minutes


@pytest.mark.parametrize("given", ["-5", "4", "61", "ten", "5.5"])
def test_minutes_that_are_none_are_told(given):
    with pytest.raises(ValueError, match=f"canary_minutes: {given} is not a number"):
        canary_minutes_of(app_of(canary_minutes=given))
