"""Alarms about the rest of the service: answers, limits, dead letters, and external services."""

from collections.abc import Iterator

from cdk.monitoring.alarm_rules import AlarmRule, Silence
from cdk.monitoring.metrics import HOURLY, cloudwatch_metric, formula, of_api, own, sum_of, waiting_in
from cdk.monitoring.names import AlarmName
from cdk.monitoring.watched import WatchedResources
from imgopt.metrics import Metric

SLOWEST_MILLISECONDS = 3000
MOST_THROTTLES, MOST_SERVER_ERRORS, MOST_CLIENT_ERRORS = 20, 5, 1000
LEAST_FAILED_CALLBACKS, MOST_CALLBACKS_PERCENT = 5, 50
MOST_STRIPE_EVENTS = 3


def rules_of_service(watched: WatchedResources) -> Iterator[AlarmRule]:
    yield from _of_queues(watched)
    yield from _of_limits(watched)
    yield from _of_answers(watched)
    yield _of_callbacks(watched.service)
    yield _of_stripe(watched.service)
    yield _of_payments(watched.service)


def _of_queues(watched: WatchedResources) -> Iterator[AlarmRule]:
    unused = "A queue that was not used for six hours writes no values, and a queue with messages is in use."
    for name, queue, means in (
        (
            AlarmName.DEAD_LETTERS,
            watched.dead_letters,
            "Messages could not be processed and are dead letters",
        ),
        (AlarmName.FAILED_RUNS, watched.failed_runs, "A schedule's run failed"),
    ):
        yield AlarmRule(name, means, waiting_in(queue), 0, Silence.IS_FINE, unused)


def _of_limits(watched: WatchedResources) -> Iterator[AlarmRule]:
    table = {"TableName": watched.table.table_name}
    refused = {
        f"{kind.lower()}s": cloudwatch_metric("AWS/DynamoDB", f"{kind}ThrottleEvents", table)
        for kind in ("Read", "Write")
    }
    yield AlarmRule(
        AlarmName.THROTTLES,
        "Functions have reached their reserved concurrency or the account's limit",
        cloudwatch_metric("AWS/Lambda", "Throttles", {}),
        MOST_THROTTLES,
        Silence.IS_FINE,
        "Lambda writes values only for functions that are invoked.",
    )
    yield AlarmRule(
        AlarmName.TABLE_THROTTLES,
        "The table throttles requests",
        sum_of(refused, label="Refused by the table"),
        MOST_THROTTLES,
        Silence.IS_FINE,
        "DynamoDB writes a value only if it throttles.",
    )


def _of_answers(watched: WatchedResources) -> Iterator[AlarmRule]:
    unasked = "Without requests there are no answers."
    for name, code, most, means in (
        (AlarmName.ERRORS, "5XXError", MOST_SERVER_ERRORS, "The API answers many requests with 5XX"),
        (AlarmName.REFUSALS, "4XXError", MOST_CLIENT_ERRORS, "The API answers unusually many requests with 4XX"),
    ):
        yield AlarmRule(name, means, of_api(code, watched.api_name), most, Silence.IS_FINE, unasked)
    yield AlarmRule(
        AlarmName.SLOW_ANSWERS,
        "5 % of requests take longer than three seconds, not counting streams and downloads",
        watched.api_function.metric_duration(statistic="p95"),
        SLOWEST_MILLISECONDS,
        Silence.IS_FINE,
        unasked,
        periods=3,
    )


def _of_callbacks(service: str) -> AlarmRule:
    """The alarm about callbacks. If most of them fail, the reason is probably the service, not clients' servers."""
    counts = {
        "failed": own(Metric.CALLBACKS_FAILED, service, period=HOURLY),
        "delivered": own(Metric.CALLBACKS_DELIVERED, service, period=HOURLY),
    }
    share = "100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(delivered, 0))"
    expression = f"IF(FILL(failed, 0) >= {LEAST_FAILED_CALLBACKS}, {share}, 0)"
    return AlarmRule(
        AlarmName.CALLBACKS,
        "More than half of the callbacks of an hour failed permanently",
        formula(expression, counts, period=HOURLY, label="Callbacks given up, %"),
        MOST_CALLBACKS_PERCENT,
        Silence.IS_FINE,
        "Most jobs have no callback.",
    )


def _of_stripe(service: str) -> AlarmRule:
    """The alarm about Stripe's events. Anyone can send unsigned ones, so they count only if no others arrive."""
    events = {
        "failed": own(Metric.STRIPE_EVENTS_FAILED, service, period=HOURLY),
        "refused": own(Metric.STRIPE_EVENTS_REFUSED, service, period=HOURLY),
        "taken": own(Metric.STRIPE_EVENTS_TAKEN, service, period=HOURLY),
    }
    expression = "FILL(failed, 0) + IF(FILL(taken, 0) == 0, FILL(refused, 0), 0)"
    return AlarmRule(
        AlarmName.STRIPE_EVENTS,
        "Events of Stripe can't be processed, or none has a valid signature",
        formula(expression, events, period=HOURLY, label="Events of Stripe that were not taken"),
        MOST_STRIPE_EVENTS,
        Silence.IS_FINE,
        "Stripe sends nothing if nobody buys.",
    )


def _of_payments(service: str) -> AlarmRule:
    """The alarm about payments. A single one is enough, as each is a user's money."""
    return AlarmRule(
        AlarmName.UNCLEAR_PAYMENTS,
        "It is not known whether a payment by x402 was settled",
        own(Metric.PAYMENTS_UNCLEAR, service),
        0,
        Silence.IS_FINE,
        "Most installations have no payments, and usually all are settled.",
    )
