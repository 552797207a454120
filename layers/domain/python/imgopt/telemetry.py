"""Structured logs, metrics and traces. Never log tokens, e-mail addresses or file names."""

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

# What begins just before the end has to connect, fail and be logged.
STAGE_RESERVE_SECONDS = 3
State = dict[str, Any]
Handler = Callable[[Any, Any], Any]


def reference_of(job_id: object) -> str:
    """What logs and traces call a job: the beginning of its id's SHA-256. The id itself opens its result."""
    return sha256(str(job_id).encode()).hexdigest()[:16]


# Where in the code a usual line comes from is told by its message.
USUAL_NOISE = ("location", "taskName", "service")


class References(LambdaPowertoolsFormatter):
    """Writes log lines in which jobs go by their references. Usual ones are short: CloudWatch charges by the byte."""

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
    """Writes a value of the whole service's, whichever function comes to it. Its one dimension is the service."""
    unit = MetricUnit.Seconds if metric.is_seconds else MetricUnit.Count
    known = {SERVICE_DIMENSION: SERVICE}
    with single_metric(metric, unit, value, namespace=NAMESPACE, default_dimensions=known):
        pass


def trace(handler: Handler) -> Handler:
    """An X-Ray trace around a handler, found by the id of its job where it has one.

    Where there is no X-Ray, the handler itself: the SDK builds a client as it is imported, for a tenth of a second.
    """
    if not tracing_is_on():
        return handler
    from aws_lambda_powertools import Tracer
    from aws_xray_sdk.ext import boto_utils

    tracer = Tracer(service=SERVICE)
    boto_utils.whitelist["services"].pop("s3", None)  # it would note the keys of results, which are ids of jobs

    @wraps(handler)
    def annotated(event: Any, context: Any) -> Any:
        if "job_id" in event:
            tracer.put_annotation("job_id", reference_of(event["job_id"]))
        return handler(event, context)

    traced: Handler = tracer.capture_lambda_handler(annotated, capture_response=False)
    return traced


def tracing_is_on() -> bool:
    """On Lambda, unless it is switched off by the variable that Powertools has for it."""
    switched_off = os.environ.get("POWERTOOLS_TRACE_DISABLED", "").lower() in ("1", "true")
    return "AWS_LAMBDA_FUNCTION_NAME" in os.environ and not switched_off


def observe_stage(work: Callable[[State], Any]) -> Handler:
    """Runs one stage of a job with its id and owner on every log line, its time as a metric and a trace around it.

    That it is done is said by the line of its metric, which has whatever else is known.

    AWS is asked as long as the function can still say that it did not answer.
    """
    name = work.__module__.rsplit(".", 1)[-1]

    @wraps(work)
    def observed(state: State, context: Any) -> Any:  # the runtime passes the context
        metrics.add_dimension(STAGE_DIMENSION, name)
        known = {"stage": name, "job_id": state["job_id"], "owner": state.get("owner")}
        with logger.append_context_keys(**known), time_budget.limit_calls(_seconds_for_aws(context)):
            return _measure(work, state, known)

    measured: Handler = metrics.log_metrics(trace(observed))
    return measured


def _seconds_for_aws(context: Any) -> float:
    """Until when an attempt may begin, in a function that is stopped when its time is over."""
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
    said = {**known, "job_id": reference_of(known["job_id"]), "milliseconds": round(seconds * 1000)}
    for name, value in {"message": "stage done", **said}.items():
        if name != STAGE_DIMENSION:
            metrics.add_metadata(name, value)
    return result
