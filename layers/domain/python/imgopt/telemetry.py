"""Structured logs, metrics and traces. Tokens, e-mail addresses and file names must never be logged."""

import math
import os
import time
from collections.abc import Callable
from functools import wraps
from hashlib import sha256
from typing import Any

from aws_lambda_powertools import Logger, Metrics
from aws_lambda_powertools.logging.formatter import LambdaPowertoolsFormatter
from aws_lambda_powertools.metrics import MetricUnit, single_metric

from imgopt import time_budget
from imgopt.errors import ImgoptError
from imgopt.metrics import NAMESPACE, SERVICE, SERVICE_DIMENSION, STAGE_DIMENSION, Metric
from imgopt.settings import settings

# Time to connect, fail and log for a call that begins just before the limit.
STAGE_RESERVE_SECONDS = 3
State = dict[str, Any]
Handler = Callable[[Any, Any], Any]


def reference_of(job_id: object) -> str:
    """Returns the name of a job in logs and traces: the beginning of its id's SHA-256. The id itself gives access to
    its result.
    """
    return sha256(str(job_id).encode()).hexdigest()[:16]


# Fields that the message of a usual line makes redundant.
USUAL_NOISE = ("location", "taskName", "service")


class References(LambdaPowertoolsFormatter):
    """Writes log lines with references in place of job ids. Usual lines are kept short, because CloudWatch charges by
    the byte.
    """

    def serialize(self, log: Any) -> str:
        known = {name: reference_of(log[name]) for name in ("job_id",) if log.get(name)}
        left_out = USUAL_NOISE if log.get("level") == "INFO" else ()
        written: str = super().serialize(
            {name: each for name, each in {**log, **known}.items() if name not in left_out}
        )
        return written


logger = Logger(service=SERVICE, logger_formatter=References())
metrics = Metrics(namespace=NAMESPACE, service=SERVICE)


def measure(metric: Metric, value: float = 1) -> None:
    """Writes a value of a metric of the whole service. Its only dimension is the service."""
    unit = MetricUnit.Seconds if metric.is_seconds else MetricUnit.Count
    known = {SERVICE_DIMENSION: SERVICE}
    with single_metric(metric, unit, value, namespace=NAMESPACE, default_dimensions=known):
        pass


def trace(handler: Handler) -> Handler:
    """Returns the handler in an X-Ray trace, which can be found by the reference of its job.

    Without X-Ray, returns the handler itself, because importing the SDK takes a tenth of a second.
    """
    if not tracing_is_on():
        return handler
    from aws_lambda_powertools import Tracer
    from aws_xray_sdk.ext import boto_utils

    tracer = Tracer(service=SERVICE)
    boto_utils.whitelist["services"].pop("s3", None)  # it would record keys of results, which contain job ids

    @wraps(handler)
    def annotated(event: Any, context: Any) -> Any:
        if "job_id" in event:
            tracer.put_annotation("job_id", reference_of(event["job_id"]))
        return handler(event, context)

    traced: Handler = tracer.capture_lambda_handler(annotated, capture_response=False)
    return traced


def tracing_is_on() -> bool:
    """Returns whether this is Lambda, and Powertools' variable doesn't turn tracing off."""
    switched_off = os.environ.get("POWERTOOLS_TRACE_DISABLED", "").lower() in ("1", "true")
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ and not switched_off


def observe_stage(work: Callable[[State], Any]) -> Handler:
    """Runs a stage of a job with its id and owner on every log line, its duration as a metric, and a trace.

    The line of the metric says that the stage ended. Calls to AWS begin no later than the function can still report
    their failure.
    """
    name = work.__module__.rsplit(".", 1)[-1]

    @wraps(work)
    def observed(state: State, context: Any) -> Any:  # Lambda's runtime passes the context
        metrics.add_dimension(STAGE_DIMENSION, name)
        known = {"stage": name, "job_id": state["job_id"], "owner": state.get("owner")}
        with logger.append_context_keys(**known), time_budget.limit_calls(_seconds_for_aws(context)):
            return _measure(work, state, known)

    measured: Handler = metrics.log_metrics(trace(observed))
    return measured


def _seconds_for_aws(context: Any) -> float:
    """Returns the seconds in which calls to AWS may begin, before the function times out."""
    if context is None:
        return math.inf
    left: float = context.get_remaining_time_in_millis() / 1000
    return left - settings().aws_read_seconds - STAGE_RESERVE_SECONDS


def _measure(work: Callable[[State], Any], state: State, known: State) -> Any:
    began = time.perf_counter()
    try:
        result = work(state)
    except ImgoptError as error:
        metrics.add_metric(Metric.STAGE_REFUSALS, MetricUnit.Count, 1)
        logger.warning("stage refused", reason=type(error).__name__)
        raise
    except Exception:
        metrics.add_metric(Metric.STAGE_FAILURES, MetricUnit.Count, 1)
        logger.exception("stage failed")
        raise
    seconds = time.perf_counter() - began
    metrics.add_metric(Metric.STAGE_SECONDS, MetricUnit.Seconds, seconds)
    fields = {**known, "job_id": reference_of(known["job_id"]), "milliseconds": round(seconds * 1000)}
    for name, value in {"message": "stage done", **fields}.items():
        if name != STAGE_DIMENSION:
            metrics.add_metadata(name, value)
    return result
