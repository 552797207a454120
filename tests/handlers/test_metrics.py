"""Metrics as CloudWatch reads them from the logs: each function writes what the alarms watch."""

import json
from pathlib import Path

import pytest

from functions.callbacks import deliver
from functions.schedules import reconcile
from functions.stages import fail, finish
from imgopt import clock
from imgopt.callbacks import service
from imgopt.metrics import NAMESPACE, Metric
from imgopt.settings import settings
from imgopt.workflow import failing, stages
from tests import pictures
from tests.billing.billing_setup import become_customer, moment, set_up_billing, sign_up
from tests.billing.stripe_double import WEBHOOK_SECRET, sign
from tests.handlers.conftest import Lambda
from tests.handlers.test_stages import failure
from tests.stage_modules import MODULE_OF_STAGE

CALLBACK = "https://shop.example/hook"


@pytest.fixture
def written(capsys):
    """Values by metric and dimensions, of all that was written since the last look."""

    def look() -> dict[tuple[str, frozenset], list[float]]:
        found: dict[tuple[str, frozenset], list[float]] = {}
        for line in capsys.readouterr().out.splitlines():
            known = json.loads(line)
            for each in known.get("_aws", {}).get("CloudWatchMetrics", []):
                assert each["Namespace"] == NAMESPACE
                dimensions = frozenset((name, known[name]) for name in each["Dimensions"][0])
                for metric in each["Metrics"]:
                    assert metric["Unit"] == ("Seconds" if metric["Name"].endswith("Seconds") else "Count")
                    found.setdefault((metric["Name"], dimensions), []).extend(known[metric["Name"]])
        return found

    return look


@pytest.fixture(scope="session")
def watched(templates) -> set[tuple[str, frozenset]]:
    """Returns our own metrics that the alarms use, with their dimensions."""
    resources = templates["ImgoptMonitoring"]["Resources"].values()
    alarms = [each["Properties"] for each in resources if each["Type"] == "AWS::CloudWatch::Alarm"]
    metrics = [
        each["MetricStat"]["Metric"]
        for alarm in alarms
        for each in alarm.get("Metrics", [])
        if "Id" in each and "MetricStat" in each
    ]
    found = [each for each in (*alarms, *metrics) if each.get("Namespace") == NAMESPACE]
    return {
        (each["MetricName"], frozenset((pair["Name"], pair["Value"]) for pair in each["Dimensions"])) for each in found
    }


@pytest.fixture
def stripe(client, monkeypatch):
    with set_up_billing(monkeypatch) as double:
        monkeypatch.setattr(clock, "now", lambda: moment(double.world.now))
        sign_up()
        double.world.subscribe(become_customer(double))

        def send(secret: str = WEBHOOK_SECRET) -> int:
            body, headers = sign(double.world.events[-1], secret)
            return client.post("/webhooks/stripe", content=body, headers=headers).status_code

        yield send


@pytest.fixture
def ended(submit, run_stages) -> str:
    """The id of a job of whose end somebody wants to hear."""
    job_id = submit(pictures.png(), callback_url=CALLBACK)["id"]
    run_stages(job_id)
    return job_id


def of_service(*metrics: Metric) -> set[tuple[str, frozenset]]:
    return {(each.value, frozenset({("service", "imgopt")})) for each in metrics}


def of_stage(metric: Metric, stage: str) -> set[tuple[str, frozenset]]:
    return {(metric.value, frozenset({("service", "imgopt"), ("stage", stage)}))}


def test_metrics_that_alarms_watch_are_those_of_these_tests(watched):
    """A metric that is watched and is not here has no test that it is written."""
    of_all = [metric for metric in Metric if not metric.startswith("Stage")]
    failures = [of_stage(Metric.STAGE_FAILURES, stage) for stage in MODULE_OF_STAGE]
    assert watched == of_service(*of_all).union(*failures), "a rule of cdk/monitoring watches each metric"


@pytest.mark.parametrize("metric", [metric for metric in Metric if not metric.startswith("Stage")])
def test_metric_has_a_test(metric):
    tests = "".join(path.read_text() for path in Path(__file__).parents[1].rglob("test_*.py"))
    assert f"Metric.{metric.name}" in tests or f'"{metric}"' in tests, "add a test here that runs what writes it"


@pytest.mark.parametrize("stage", MODULE_OF_STAGE)
def test_stage_that_fails_unexpectedly_writes_what_its_alarm_watches(aws, monkeypatch, written, stage):
    def break_down(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    for name in ("plan", "optimize_pixels", "make_tags", "finish"):
        monkeypatch.setattr(stages, name, break_down)
    monkeypatch.setattr(failing, "fail", break_down)
    state = {"job_id": "j" * 36, "error": {"Error": "E", "Cause": ""}}
    with pytest.raises((ZeroDivisionError, ValueError, KeyError)):
        MODULE_OF_STAGE[stage].handler(state, None)
    assert written().keys() == of_stage(Metric.STAGE_FAILURES, stage)


def test_completed_job_is_counted_once(submit, run_stages, written):
    state = run_stages(submit(pictures.png())["id"])
    (counted,) = of_service(Metric.JOBS_COMPLETED)
    assert written()[counted] == [1]
    finish.handler(state, None)
    assert counted not in written()


@pytest.mark.parametrize(
    ("error", "metric"),
    [
        ("InvalidImage", Metric.JOBS_REFUSED),
        ("TooCostly", Metric.JOBS_REFUSED),
        ("States.HeartbeatTimeout", Metric.JOBS_FAILED),
        ("States.Runtime", Metric.JOBS_FAILED),
    ],
)
def test_failed_job_is_counted_once_by_who_is_to_blame(submit, written, error, metric):
    job_id = submit(pictures.png())["id"]
    fail.handler(failure(job_id, error), None)
    (counted,) = of_service(metric)
    assert written()[counted] == [1]
    fail.handler(failure(job_id, error), None)
    assert counted not in written()


def test_job_that_reconcile_gives_up_is_counted(submit, written, clock_at):
    submit(pictures.png())
    clock_at(days=2)
    reconcile.handler({}, Lambda())
    (counted,) = of_service(Metric.JOBS_FAILED)
    assert written()[counted] == [1]


def test_age_of_the_oldest_job_is_written_with_each_run(submit, written, clock_at):
    (counted,) = of_service(Metric.OLDEST_JOB_SECONDS)
    reconcile.handler({}, Lambda())
    assert written()[counted] == [0]
    submit(pictures.png())
    clock_at(minutes=5)
    reconcile.handler({}, Lambda())
    (age,) = written()[counted]
    assert 299 < age < 310


@pytest.mark.parametrize(
    ("tried", "metrics"),
    [
        ((200, 1), {Metric.CALLBACKS_DELIVERED}),
        ((500, 1), set()),
        ((500, 6), {Metric.CALLBACKS_FAILED}),
        ((410, 1), {Metric.CALLBACKS_FAILED}),
    ],
)
def test_callbacks_are_counted_at_their_end(ended, written, monkeypatch, tried, metrics):
    answer, attempt = tried
    written()
    monkeypatch.setattr(service, "post", lambda *_: answer)
    deliver.handler({"Records": [{"body": json.dumps({"job_id": ended, "attempt": attempt})}]}, Lambda())
    assert written().keys() == of_service(*metrics)


def test_events_of_stripe_are_counted_by_what_became_of_them(stripe, written, monkeypatch):
    assert stripe() == 200
    assert written().keys() == of_service(Metric.STRIPE_EVENTS_TAKEN)
    assert stripe("whsec_another_one_that_is_not_ours") == 400
    assert written().keys() == of_service(Metric.STRIPE_EVENTS_REFUSED)
    monkeypatch.setattr("imgopt.billing.events.apply", lambda _: 1 / 0)
    assert stripe() == 500
    assert written().keys() == of_service(Metric.STRIPE_EVENTS_FAILED)


def test_strangers_are_not_counted_where_billing_is_not_set_up(client, written):
    assert client.post("/webhooks/stripe", content=b"{}", headers={"Stripe-Signature": "t=1"}).status_code == 501
    assert settings().stripe_api_key == ""
    assert written() == {}


def test_metrics_name_no_job_and_no_owner(submit, run_stages, capsys):
    job = submit(pictures.png())
    run_stages(job["id"])
    lines = [line for line in capsys.readouterr().out.splitlines() if "_aws" in line]
    assert lines
    assert not [line for line in lines if job["id"] in line]
