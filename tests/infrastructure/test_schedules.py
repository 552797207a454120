"""The schedules, and that each of their failures is noticed."""

import json

import pytest

SCHEDULES = {"Reconcile": "rate(1 minute)", "Cleanup": "rate(1 hour)", "RefreshCredits": "cron(0 0 * * ? *)"}


@pytest.fixture
def schedules(of_type) -> dict[str, dict]:
    found = of_type("AWS::Scheduler::Schedule").items()
    return {name.split("Schedule")[0]: properties for name, properties in found}


def test_each_function_has_its_schedule(schedules):
    assert {name: each["ScheduleExpression"] for name, each in schedules.items()} == SCHEDULES
    for name, each in schedules.items():
        assert f"{name}Function" in json.dumps(each["Target"]["Arn"])


def test_midnight_is_that_of_utc(schedules):
    assert {each["ScheduleExpressionTimezone"] for each in schedules.values()} == {"UTC"}
    assert {each["FlexibleTimeWindow"]["Mode"] for each in schedules.values()} == {"OFF"}


def test_a_schedule_may_invoke_its_function_and_report_that_it_could_not(of_type, schedules):
    policies = of_type("AWS::IAM::Policy").values()
    for name in schedules:
        (policy,) = (each for each in policies if each["Roles"][0]["Ref"].startswith(f"{name}ScheduleRole"))
        invoke, report = policy["PolicyDocument"]["Statement"]
        assert (invoke["Action"], report["Action"]) == ("lambda:InvokeFunction", "sqs:SendMessage")
        assert f"{name}Function" in json.dumps(invoke["Resource"])


def test_only_the_scheduler_of_this_account_takes_on_its_roles(of_type, schedules):
    roles = [role for name, role in of_type("AWS::IAM::Role").items() if "ScheduleRole" in name]
    assert len(roles) == len(schedules)
    for role in roles:
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"Service": "scheduler.amazonaws.com"}
        assert statement["Condition"] == {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}


def test_failed_runs_become_dead_letters_and_are_not_retried(of_type, schedules):
    functions = of_type("AWS::Lambda::Function")
    configured = of_type("AWS::Lambda::EventInvokeConfig").values()
    assert [each["MaximumRetryAttempts"] for each in configured] == [0] * len(schedules)
    for name, schedule in schedules.items():
        (function,) = (each for logical_id, each in functions.items() if logical_id.startswith(f"{name}Function"))
        assert "FailedRuns" in json.dumps(schedule["Target"]["DeadLetterConfig"])
        assert "FailedRuns" in json.dumps(function["DeadLetterConfig"])


def test_a_run_that_looks_after_jobs_ends_before_the_next(of_type):
    functions = of_type("AWS::Lambda::Function")
    (reconcile,) = (each for name, each in functions.items() if name.startswith("Reconcile"))
    assert reconcile["Timeout"] < 60


def test_indexes_of_due_items_and_owners_hold_keys_alone(of_type):
    (table,) = of_type("AWS::DynamoDB::Table").values()
    indexes = table["GlobalSecondaryIndexes"]
    keys = {each["IndexName"]: [part["AttributeName"] for part in each["KeySchema"]] for each in indexes}
    assert keys == {"agenda": ["agenda", "expires_at"], "owned": ["user"]}
    assert [each["Projection"] for each in indexes] == [{"ProjectionType": "KEYS_ONLY"}] * 2


def test_functions_that_delete_accounts_have_the_stripe_library(of_type):
    functions = of_type("AWS::Lambda::Function")
    for name in ("Cleanup", "Internal"):
        (function,) = (each for logical_id, each in functions.items() if logical_id.startswith(f"{name}Function"))
        assert "WebLayer" in json.dumps(function["Layers"])
