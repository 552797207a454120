"""Why a job has failed, as its owner is told: by the errors that the state machine hands on."""

import json

from imgopt.errors import PUBLIC_NAMES, Unavailable
from imgopt.jobs.model import TIMED_OUT

UNEXPLAINED = "Processing failed unexpectedly. Please try again."
DIED = "Processing was cut off three times, each time for no known reason, and has been given up."
STOPPED_REASON = "Processing was stopped."
MEMORY_REASON = "This image takes more memory than there is. Send or ask for a smaller one."
STATE_TIMEOUT = "States.Timeout"
TIMEOUTS = ("States.HeartbeatTimeout", STATE_TIMEOUT, "Sandbox.Timedout", "TIMED_OUT")
# How Lambda, and the emulator, name the end of a function's process. The state machine tries again twice.
DEATHS = ("Lambda.Unknown", "Runtime.ExitError", "Runtime.Unknown")
# What the state machine tries again, beside the deaths.
THROTTLED = "Lambda.TooManyRequestsException"
LAMBDA_FAULTS = ("ServiceException", "AWSLambdaException", "SdkClientException", "ClientExecutionTimeoutException")
RETRIED_ERRORS = frozenset({THROTTLED, *DEATHS, *(f"Lambda.{each}" for each in LAMBDA_FAULTS), Unavailable.__name__})
# How Lambda tells of a process that it ended for its memory, where that has no name of its own.
KILLED = "signal: killed"
# No matter of the file.
OF_THE_SERVICE = frozenset({UNEXPLAINED, DIED, STOPPED_REASON, TIMED_OUT})
REASON_OF = {
    **dict.fromkeys(TIMEOUTS, TIMED_OUT),
    **dict.fromkeys(DEATHS, DIED),
    "ABORTED": STOPPED_REASON,
    "Runtime.OutOfMemory": MEMORY_REASON,
}


def may_pass(error: str) -> bool:
    """Whether the same may succeed another time, by the error's name."""
    return error in RETRIED_ERRORS


def public_reason(error: str, cause: str) -> str:
    """The message of one of our own errors; of any other, only what kind it is."""
    if error in PUBLIC_NAMES:
        return _message_of(cause)
    return MEMORY_REASON if KILLED in cause else REASON_OF.get(error, UNEXPLAINED)


def _message_of(cause: str) -> str:
    """Step Functions may have cut the text."""
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return UNEXPLAINED
