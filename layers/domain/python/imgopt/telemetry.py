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
    def observed(state: State, context: Any) -> Any:
        known = {"stage": name, "job_id": state["job_id"], "owner": state.get("owner")}
        began = time.perf_counter()
        with logger.append_context_keys(**known):
            tracer.put_annotation("job_id", state["job_id"])
            result = _run(work, state)
            seconds = time.perf_counter() - began
            logger.info("stage done", milliseconds=round(seconds * 1000))
        metrics.add_dimension("stage", name)
        metrics.add_metric("StageSeconds", MetricUnit.Seconds, seconds)
        return result

    traced = tracer.capture_lambda_handler(observed, capture_response=False)
    return metrics.log_metrics(traced)


def _run(work: Callable[[State], Any], state: State) -> Any:
    try:
        return work(state)
    except ImgoptError as error:
        logger.warning("stage refused", reason=type(error).__name__)
        raise
    except Exception:
        logger.exception("stage failed")
        raise
