"""Orders to upscale: messages by which the state machine asks for one, and waits with a token for the answer."""

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


class NotAnOrder(ValueError):
    """A message that asks for nothing that could be done."""


@dataclass(frozen=True)
class UpscaleOrder:
    """`plan` is as the message has it: whether it can be carried out is found out, and answered, later."""

    token: str
    plan: State


@dataclass(frozen=True)
class Success:
    """The intermediate's description, as the state machine goes on with it."""

    result: Mapping[str, object]


@dataclass(frozen=True)
class Failure:
    """`error` is the name of an error's class. `message` is public, or empty where the error wasn't meant to be."""

    error: str
    message: str


# For an order that nobody lived to answer.
GIVEN_UP = Failure("Interrupted", "Upscaling was cut off three times, each time for no known reason, and given up.")


def read(body: str) -> UpscaleOrder:
    """Raises NotAnOrder, after logging it: the message comes again until its queue gives it up."""
    try:
        content = json.loads(body)
        token, plan = content["token"], content["plan"]
        if not (isinstance(token, str) and isinstance(plan["job_id"], str) and isinstance(plan["owner"], str)):
            raise TypeError("not texts")
    except (ValueError, KeyError, TypeError) as error:
        logger.error("message is no order", reason=repr(error))
        raise NotAnOrder("The message is not an order.") from error
    return UpscaleOrder(token, plan)


def carry_out(order: UpscaleOrder, runtime: "Runtime | None" = None) -> Success | Failure:
    """Whatever goes wrong on the way is an answer, too. Doing so twice does no harm."""
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


def tell(order: UpscaleOrder, outcome: Success | Failure) -> None:
    """In the words of a Lambda function, so that the state machine need not know who did it."""
    match outcome:
        case Success(result):
            task_tokens.succeed(order.token, result)
        case Failure(error, message):
            task_tokens.fail(order.token, error, json.dumps({"errorMessage": message}))


@contextmanager
def _logged_as(order: UpscaleOrder) -> Iterator[None]:
    """Orders are carried out side by side, and each thread's lines carry the id of its own."""
    logger.thread_safe_append_keys(job_id=order.plan["job_id"], owner=order.plan["owner"])
    try:
        yield
    finally:
        logger.thread_safe_clear_keys()
