"""Monitoring: alarms with a runbook on existing metrics, a dashboard, and saved queries."""

import json
import re
from pathlib import Path

import pytest

from cdk.monitoring.log_queries import QUERIES
from cdk.monitoring.names import STAGES, AlarmName
from imgopt.metrics import NAMESPACE, Metric
from imgopt.settings import Settings
from tests.infrastructure.test_templates import as_list
from tests.stage_modules import MODULE_OF_STAGE

ROOT = Path(__file__).resolve().parents[2]
DEPLOYMENT = (ROOT / "docs" / "deployment.md").read_text()
RUNBOOK = (ROOT / "docs" / "operations.md").read_text()
ALARMS_SECTION = RUNBOOK[RUNBOOK.index("## Alarms") : RUNBOOK.index("## Replacing secrets")]
CODE = "\n".join(
    path.read_text() for folder in ("functions", "layers/domain/python") for path in (ROOT / folder).rglob("*.py")
)
BY_CONTEXT = {AlarmName.IDLE_GPUS, AlarmName.SPEND}
# What AWS documents of its own metrics: names, and by what they are told apart.
OF_AWS = {
    ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ("QueueName",)),
    ("AWS/SQS", "ApproximateNumberOfMessagesNotVisible", ("QueueName",)),
    ("AWS/Lambda", "Throttles", ()),
    ("AWS/Lambda", "Duration", ("FunctionName",)),
    ("AWS/DynamoDB", "ReadThrottleEvents", ("TableName",)),
    ("AWS/DynamoDB", "WriteThrottleEvents", ("TableName",)),
    ("AWS/ApiGateway", "4XXError", ("ApiName", "Stage")),
    ("AWS/ApiGateway", "5XXError", ("ApiName", "Stage")),
    ("AWS/States", "ExecutionsTimedOut", ("StateMachineArn",)),
    ("AWS/AutoScaling", "GroupInServiceInstances", ("AutoScalingGroupName",)),
}
# Fields of CloudWatch's own, which every line has or a function's report.
GIVEN = {"@timestamp", "@log", "type", "platform", "report", "record", "metrics", "initDurationMs", "maxMemoryUsedMB"}
OF_THE_LANGUAGE = {
    *("fields", "filter", "sort", "asc", "desc", "limit", "stats", "count", "pct", "max", "sum"),
    *("by", "in", "and", "or", "not", "like", "as"),
}
# Powertools' own fields of a line.
OF_POWERTOOLS = {"level", "message", "exception_name", "exception"}


def properties(template: dict, kind: str) -> list[dict]:
    return [each["Properties"] for each in template["Resources"].values() if each["Type"] == kind]


def alarms_in(template: dict) -> dict[str, dict]:
    """Returns the alarms by their names without the installation's name."""
    found = properties(template, "AWS::CloudWatch::Alarm")
    return {each["AlarmName"].partition("-")[2]: each for each in found}


def watched_by(alarm: dict) -> list[dict]:
    """The metrics, each with namespace, name and dimensions."""
    if "MetricName" in alarm:
        return [alarm]
    return [each["MetricStat"]["Metric"] for each in alarm["Metrics"] if "MetricStat" in each]


@pytest.fixture
def alone():
    """Template of the stack alone, of other resources than an installation's, with other context."""
    import aws_cdk as cdk
    from aws_cdk import assertions
    from aws_cdk import aws_autoscaling as autoscaling
    from aws_cdk import aws_dynamodb as dynamodb
    from aws_cdk import aws_lambda as lambda_
    from aws_cdk import aws_sqs as sqs

    from cdk.monitoring.watched import WatchedGpus, WatchedResources
    from cdk.stacks.monitoring import MonitoringStack

    def build(*, has_gpus: bool = False, **context: object) -> dict:
        app = cdk.App(context=context)
        scope = cdk.Stack(app, "Others")
        queue = sqs.Queue.from_queue_arn(scope, "Queue", "arn:aws:sqs:us-east-1:123456789012:queue")
        group = autoscaling.AutoScalingGroup.from_auto_scaling_group_name(scope, "Group", "gpus")
        watched = WatchedResources(
            service="imgopt",
            machines=["arn:one", "arn:another"],
            table=dynamodb.Table.from_table_name(scope, "Table", "table"),
            api_name="api",
            api_function=lambda_.Function.from_function_name(scope, "Function", "images"),
            dead_letters=queue,
            failed_runs=queue,
            callbacks=queue,
            log_groups=["/imgopt/a"],
            gpus=WatchedGpus(group, queue, 7) if has_gpus else None,
        )
        return assertions.Template.from_stack(MonitoringStack(app, "ImgoptMonitoring", watched=watched)).to_json()

    return build


@pytest.fixture(scope="module")
def monitoring(templates) -> dict:
    return templates["ImgoptMonitoring"]


@pytest.fixture(scope="module")
def alarms(monitoring) -> dict[str, dict]:
    return alarms_in(monitoring)


def test_runbook_has_a_section_for_each_alarm_and_for_no_other():
    sections = re.findall(r"^### (\w+)$", RUNBOOK, re.MULTILINE)
    assert sorted(sections) == sorted(AlarmName), "docs/operations.md has a section for each alarm"


def test_sections_of_the_runbook_say_more_than_the_alarm():
    texts = re.split(r"^#+ .*$", RUNBOOK[RUNBOOK.index("### FailedJobs") :], flags=re.MULTILINE)[1 : len(AlarmName) + 1]
    assert min(len(text.split()) for text in texts) > 35


def test_alarms_are_all_there_but_those_of_other_context(alarms):
    assert alarms.keys() == set(AlarmName) - BY_CONTEXT, "cdk/monitoring has their rules"


def test_alarms_of_gpus_and_of_spend_are_there_by_their_context(alone):
    template = alone(has_gpus=True, monthly_budget="50")
    assert alarms_in(template).keys() == set(AlarmName) - {AlarmName.SPEND}
    (budget,) = properties(template, "AWS::Budgets::Budget")
    assert budget["Budget"]["BudgetName"] == f"Imgopt-{AlarmName.SPEND}"
    assert budget["Budget"]["BudgetLimit"] == {"Amount": 50, "Unit": "USD"}
    kinds = [each["Notification"]["NotificationType"] for each in budget["NotificationsWithSubscribers"]]
    assert kinds == ["ACTUAL", "FORECASTED"]
    assert "Alarms" in json.dumps([each["Subscribers"] for each in budget["NotificationsWithSubscribers"]])


@pytest.mark.parametrize("given", ["much", "0", "-1", "nan"])
def test_budget_that_is_no_amount_ends_the_synthesis(alone, given):
    with pytest.raises(ValueError, match="monthly_budget"):
        alone(monthly_budget=given)


def test_alarms_tell_the_topic_and_where_the_runbook_is(alarms):
    for name, alarm in alarms.items():
        assert "Alarms" in json.dumps(alarm["AlarmActions"])
        assert alarm["AlarmDescription"].endswith(f"What to do: docs/operations.md, {name}.")


def test_missing_values_are_decided_for_each_alarm_with_the_reason(alarms):
    for name, alarm in alarms.items():
        is_wrong = name == AlarmName.OLDEST_JOB
        assert alarm["TreatMissingData"] == ("breaching" if is_wrong else "notBreaching")
        _, reason = alarm["AlarmDescription"].split("it is wrong, too: " if is_wrong else "all is well: ")
        assert len(reason.split()) > 8


def test_metrics_of_aws_are_those_that_it_documents(alone):
    for alarm in alarms_in(alone(has_gpus=True)).values():
        for each in watched_by(alarm):
            dimensions = tuple(sorted(pair["Name"] for pair in each.get("Dimensions", [])))
            assert each["Namespace"] == NAMESPACE or (each["Namespace"], each["MetricName"], dimensions) in OF_AWS


def test_costs_of_the_stack_are_told(alarms):
    """The costs follow from the metrics that alarms watch, and from our own. Stages have one set of metrics each."""
    told = re.search(r"(\d+) metrics that alarms watch, \$0.30 for each of (\d+) of ours", DEPLOYMENT)
    of_stages = sum(metric.name.startswith("STAGE_") for metric in Metric)
    own = len(Metric) + of_stages * (len(STAGES) - 1)
    watched = sum(len(watched_by(each)) for each in alarms.values())
    right = f"docs/deployment.md, Costs: {watched} metrics that alarms watch, $0.30 for each of {own} of ours"
    assert told, right
    assert [*map(int, told.groups())] == [watched, own], right


@pytest.mark.parametrize("metric", Metric)
def test_metric_is_written(metric):
    assert f"Metric.{metric.name}" in CODE, "nothing writes it, by imgopt.telemetry"


def test_every_machine_is_watched(alone):
    metrics = watched_by(alarms_in(alone())[AlarmName.TIMED_OUT])
    assert [each["Dimensions"][0]["Value"] for each in metrics] == ["arn:one", "arn:another"]


def test_failures_of_all_stages_are_watched(alarms):
    metrics = watched_by(alarms[AlarmName.STAGE_FAILURES])
    watched = {pair["Value"] for each in metrics for pair in each["Dimensions"] if pair["Name"] == "stage"}
    assert watched == set(STAGES)
    assert watched == set(MODULE_OF_STAGE), "cdk/monitoring/metrics.py has the names of all stages"


def test_job_counts_as_old_when_an_execution_would_have_been_stopped(alarms):
    assert alarms[AlarmName.OLDEST_JOB]["Threshold"] > Settings().processing_deadline


def test_gpus_count_as_idle_after_they_should_have_ended(alone):
    alarm = alarms_in(alone(has_gpus=True))[AlarmName.IDLE_GPUS]
    assert alarm["EvaluationPeriods"] > 7 + 10
    assert alarm["Metrics"][0]["Expression"].startswith("IF(FILL(visible, 0) + FILL(taken, 0) == 0")


def test_addresses_are_subscribed_where_the_context_names_one(alone, monitoring):
    (subscription,) = properties(alone(alarm_email="ops@example.com"), "AWS::SNS::Subscription")
    assert (subscription["Protocol"], subscription["Endpoint"]) == ("email", "ops@example.com")
    assert properties(monitoring, "AWS::SNS::Subscription") == []


def test_only_this_accounts_alarms_and_budgets_may_write_to_the_topic(monitoring):
    (policy,) = properties(monitoring, "AWS::SNS::TopicPolicy")
    allowed = [each for each in policy["PolicyDocument"]["Statement"] if each["Effect"] == "Allow"]
    writers = {service for each in allowed for service in as_list(each["Principal"]["Service"])}
    assert writers == {"cloudwatch.amazonaws.com", "budgets.amazonaws.com"}
    condition = {"StringEquals": {"aws:SourceAccount": {"Ref": "AWS::AccountId"}}}
    assert all(each["Condition"] == condition for each in allowed)
    assert "aws:SecureTransport" in json.dumps(policy)


def test_dashboard_shows_all_alarms_and_metrics(monitoring, alarms):
    (page,) = properties(monitoring, "AWS::CloudWatch::Dashboard")
    shown = json.dumps(page["DashboardBody"])
    assert shown.count('"Fn::GetAtt"') >= len(alarms)
    missing = {each.value for each in Metric if f'\\"{each}\\"' not in shown}
    by_job_and_by_alarm = {Metric.STAGE_REFUSALS, Metric.STAGE_FAILURES}
    assert missing == by_job_and_by_alarm, "cdk/monitoring/dashboard.py shows all others"


def test_saved_queries_are_about_the_logs_of_all_functions(of_type, monitoring):
    saved = properties(monitoring, "AWS::Logs::QueryDefinition")
    groups = {each.get("LogGroupName", "") for each in of_type("AWS::Logs::LogGroup").values()}
    of_functions = {name for name in groups if isinstance(name, str) and name.startswith("/imgopt/")}
    assert {each["Name"] for each in saved} == {f"Imgopt/{name}" for name in QUERIES}
    assert len(of_functions) == len(of_type("AWS::Lambda::Function"))
    assert all(set(each["LogGroupNames"]) == of_functions for each in saved)


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_messages_that_a_query_asks_for_are_written(query):
    named = re.findall(r'message (?:=|in) (\[[^]]*\]|"[^"]*")', query)
    messages = [text for each in named for text in re.findall(r'"([^"]*)"', each)]
    assert [text for text in messages if f'"{text}"' not in CODE] == []


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_fields_that_a_query_names_are_written(query):
    lines = [line for line in query.splitlines() if not line.startswith("#")]
    text = re.sub(r'"[^"]*"|/\w+/', "", " ".join(lines))
    own = set(re.findall(r" as (\w+)", text))
    fields = set(re.findall(r"@?[A-Za-z_]\w*", text)) - OF_THE_LANGUAGE - own - GIVEN - OF_POWERTOOLS
    assert [name for name in fields if not re.search(rf"\b{name}\b[\"=:]", CODE)] == []


@pytest.mark.parametrize("section", re.findall(r'"([A-Z][A-Za-z ]+)"', ALARMS_SECTION))
def test_queries_that_the_runbook_names_are_saved(section):
    deployment = (ROOT / "docs" / "deployment.md").read_text()
    assert section in QUERIES or f"## {section}\n" in deployment
