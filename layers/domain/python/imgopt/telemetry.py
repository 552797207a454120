"""Structured logs, metrics and traces. Never log tokens, e-mail addresses or file names."""

import time
from collections.abc import Callable
from functools import wraps
from typing import Any

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.metrics import MetricUnit

from imgopt.errors import ImgoptError

SERVICE = "imgopt"
State = dict[str, Any]

logger = Logger(service=SERVICE)
metrics = Metrics(namespace="Imgopt", service=SERVICE)
tracer = Tracer(service=SERVICE)


def observe_stage(work: Callable[[State], Any]) -> Callable[[State, Any], Any]:
    """Runs one stage of a job with its id and owner on every log line, its time as a metric and a trace around it."""
    name = work.__module__.rsplit(".", 1)[-1]

    @wraps(work)
    def observed(state: State, context: Any) -> Any:  # the runtime passes the context
        metrics.add_dimension("stage", name)
        with logger.append_context_keys(stage=name, job_id=state["job_id"], owner=state.get("owner")):
            tracer.put_annotation("job_id", state["job_id"])
            return _measure(work, state)

    traced = tracer.capture_lambda_handler(observed, capture_response=False)
    return metrics.log_metrics(traced)


def _measure(work: Callable[[State], Any], state: State) -> Any:
    began = time.perf_counter()
    try:
        result = work(state)
    except ImgoptError as error:
        metrics.add_metric("StageRefusals", MetricUnit.Count, 1)
        logger.warning("stage refused", reason=type(error).__name__)
        raise
    except Exception:
        metrics.add_metric("StageFailures", MetricUnit.Count, 1)
        logger.exception("stage failed")
        raise
    seconds = time.perf_counter() - began
    metrics.add_metric("StageSeconds", MetricUnit.Seconds, seconds)
    logger.info("stage done", milliseconds=round(seconds * 1000))
    return result
