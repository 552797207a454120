"""When something is wrong with the service around jobs: its answers, its limits, what it gave up, and other parties."""

from collections.abc import Iterator

from cdk.monitoring.alarm_rules import AlarmName, AlarmRule, Silence
from cdk.monitoring.metrics import HOURLY, cloudwatch_metric, formula, of_api, own, sum_of, waiting_in
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
    unused = "A queue that nobody has used for six hours tells nothing, and one with messages is in use."
    for name, queue, means in (
        (AlarmName.DEAD_LETTERS, watched.dead_letters, "Messages were given up"),
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
        "Functions are over their share, or over the account's limit",
        cloudwatch_metric("AWS/Lambda", "Throttles", {}),
        MOST_THROTTLES,
        Silence.IS_FINE,
        "Lambda tells of functions that are invoked alone.",
    )
    yield AlarmRule(
        AlarmName.TABLE_THROTTLES,
        "The table refuses requests as too many",
        sum_of(refused, label="Refused by the table"),
        MOST_THROTTLES,
        Silence.IS_FINE,
        "DynamoDB writes a value where it refuses alone.",
    )


def _of_answers(watched: WatchedResources) -> Iterator[AlarmRule]:
    unasked = "Where nobody asks, nothing is answered."
    for name, code, most, means in (
        (AlarmName.ERRORS, "5XXError", MOST_SERVER_ERRORS, "The API answers 5XX"),
        (AlarmName.REFUSALS, "4XXError", MOST_CLIENT_ERRORS, "The API refuses very much"),
    ):
        yield AlarmRule(name, means, of_api(code, watched.api_name), most, Silence.IS_FINE, unasked)
    yield AlarmRule(
        AlarmName.SLOW_ANSWERS,
        "One request in twenty takes longer than three seconds; streams and downloads are not counted",
        watched.api_function.metric_duration(statistic="p95"),
        SLOWEST_MILLISECONDS,
        Silence.IS_FINE,
        unasked,
        periods=3,
    )


def _of_callbacks(service: str) -> AlarmRule:
    """Some servers of clients are always away; that most of them are is ours."""
    told = {
        "failed": own(Metric.CALLBACKS_FAILED, service, period=HOURLY),
        "delivered": own(Metric.CALLBACKS_DELIVERED, service, period=HOURLY),
    }
    share = "100 * FILL(failed, 0) / (FILL(failed, 0) + FILL(delivered, 0))"
    expression = f"IF(FILL(failed, 0) >= {LEAST_FAILED_CALLBACKS}, {share}, 0)"
    return AlarmRule(
        AlarmName.CALLBACKS,
        "More than half of an hour's callbacks were given up, of several",
        formula(expression, told, period=HOURLY, label="Callbacks given up, %"),
        MOST_CALLBACKS_PERCENT,
        Silence.IS_FINE,
        "Most jobs ask for no callback.",
    )


def _of_stripe(service: str) -> AlarmRule:
    """Anybody can send what is not signed: that counts only where nothing else comes."""
    events = {
        "failed": own(Metric.STRIPE_EVENTS_FAILED, service, period=HOURLY),
        "refused": own(Metric.STRIPE_EVENTS_REFUSED, service, period=HOURLY),
        "taken": own(Metric.STRIPE_EVENTS_TAKEN, service, period=HOURLY),
    }
    expression = "FILL(failed, 0) + IF(FILL(taken, 0) == 0, FILL(refused, 0), 0)"
    return AlarmRule(
        AlarmName.STRIPE_EVENTS,
        "Stripe's events can't be applied, or none has a signature that fits",
        formula(expression, events, period=HOURLY, label="Events of Stripe that were not taken"),
        MOST_STRIPE_EVENTS,
        Silence.IS_FINE,
        "Stripe sends nothing where nobody buys.",
    )


def _of_payments(service: str) -> AlarmRule:
    """Each is somebody's money."""
    return AlarmRule(
        AlarmName.UNCLEAR_PAYMENTS,
        "It can't be told whether a payment by x402 was settled",
        own(Metric.PAYMENTS_UNCLEAR, service),
        0,
        Silence.IS_FINE,
        "Most installations take no payments, and all others settle them.",
    )
