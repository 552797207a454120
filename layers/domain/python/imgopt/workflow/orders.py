"""Upscale orders: the state machine sends one as a message, and waits for the answer under a task token."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imgopt.errors import ImgoptError
from imgopt.storage import task_tokens
from imgopt.telemetry import logger
from imgopt.workflow import state
from imgopt.workflow.state import Plan, State

if TYPE_CHECKING:
    from imgopt.upscale.runtime import Runtime


class InvalidOrder(ValueError):
    """The message isn't a valid order."""


@dataclass(frozen=True)
class UpscaleOrder:
    """An order with its task token. `plan` is unchecked: an invalid one is answered as a failure by `carry_out`."""

    token: str
    plan: State


@dataclass(frozen=True)
class Success:
    """The record of the intermediate, which is the state machine's input for its next state."""

    result: Mapping[str, object]


@dataclass(frozen=True)
class Failure:
    """A failure. `error` is the name of the error's class; `message` is public, and empty where the error was
    unexpected.
    """

    error: str
    message: str


# The answer to an order whose worker died three times.
GIVEN_UP = Failure("Interrupted", "Upscaling was cut off three times for an unknown reason. Try again later.")


def read(body: str) -> UpscaleOrder:
    """Parses a message. Logs and raises InvalidOrder where it isn't an order; its queue then moves it to the dead
    letters.
    """
    try:
        content = json.loads(body)
        token, plan = content["token"], content["plan"]
        if not (isinstance(token, str) and isinstance(plan["job_id"], str) and isinstance(plan["owner"], str)):
            raise TypeError("not texts")
    except (ValueError, KeyError, TypeError) as error:
        logger.error("message is not an order", reason=repr(error))
        raise InvalidOrder("The message is not an order.") from error
    return UpscaleOrder(token, plan)


def carry_out(order: UpscaleOrder, runtime: "Runtime | None" = None) -> Success | Failure:
    """Upscales, and returns every error as a Failure. Repeating an order does no harm."""
    from imgopt.workflow.upscaling import upscale_job as upscale

    with _logged_as(order):
        try:
            return Success(state.write(upscale(state.read(Plan, order.plan), runtime)))
        except ImgoptError as error:
            logger.warning("order refused", reason=type(error).__name__)
            return Failure(type(error).__name__, str(error))
        except Exception as error:
            logger.exception("order failed")
            return Failure(type(error).__name__, "")


def report_outcome(order: UpscaleOrder, outcome: Success | Failure) -> None:
    """Reports an outcome in the form in which Lambda reports one, so that the state machine handles both alike."""
    match outcome:
        case Success(result):
            task_tokens.succeed(order.token, result)
        case Failure(error, message):
            task_tokens.fail(order.token, error, json.dumps({"errorMessage": message}))


@contextmanager
def _logged_as(order: UpscaleOrder) -> Iterator[None]:
    """Adds the order's ids to the log lines of this thread, because orders are carried out concurrently."""
    logger.thread_safe_append_keys(job_id=order.plan["job_id"], owner=order.plan["owner"])
    try:
        yield
    finally:
        logger.thread_safe_clear_keys()
