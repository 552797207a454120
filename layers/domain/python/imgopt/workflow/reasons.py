"""The public reasons for failed jobs, by the errors of the state machine."""

import json

from imgopt.errors import PUBLIC_NAMES, Unavailable
from imgopt.jobs.model import TIMED_OUT

UNEXPLAINED = "Processing failed unexpectedly. Please try again."
CRASHED = "Processing was cut off three times for an unknown reason. Try again later."
STOPPED_REASON = "Processing was stopped."
MEMORY_REASON = "This image needs more memory than the service has. Send a smaller one, or ask for a smaller result."
STATE_TIMEOUT = "States.Timeout"
TIMEOUTS = ("States.HeartbeatTimeout", STATE_TIMEOUT, "Sandbox.Timedout", "TIMED_OUT")
# Names that Lambda and the emulator give to the death of a function's process. The state machine retries twice.
CRASH_ERRORS = ("Lambda.Unknown", "Runtime.ExitError", "Runtime.Unknown")
# Errors that the state machine retries, in addition to deaths.
THROTTLED = "Lambda.TooManyRequestsException"
LAMBDA_FAULTS = ("ServiceException", "AWSLambdaException", "SdkClientException", "ClientExecutionTimeoutException")
RETRIED_ERRORS = frozenset(
    {THROTTLED, *CRASH_ERRORS, *(f"Lambda.{each}" for each in LAMBDA_FAULTS), Unavailable.__name__}
)
# Lambda's text about a process that was killed for its memory, where the error has no name of its own.
KILLED = "signal: killed"
# Reasons that the file hasn't caused.
OF_THE_SERVICE = frozenset({UNEXPLAINED, CRASHED, STOPPED_REASON, TIMED_OUT})
REASON_OF = {
    **dict.fromkeys(TIMEOUTS, TIMED_OUT),
    **dict.fromkeys(CRASH_ERRORS, CRASHED),
    "ABORTED": STOPPED_REASON,
    "Runtime.OutOfMemory": MEMORY_REASON,
}


def may_pass(error: str) -> bool:
    """Returns whether a retry may succeed, by the name of the error."""
    return error in RETRIED_ERRORS


def public_reason(error: str, cause: str) -> str:
    """Returns the message of an error of this package; for all other errors, a message by their kind."""
    if error in PUBLIC_NAMES:
        return _message_of(cause)
    return MEMORY_REASON if KILLED in cause else REASON_OF.get(error, UNEXPLAINED)


def _message_of(cause: str) -> str:
    """Returns the error's message; UNEXPLAINED where Step Functions has truncated the JSON."""
    try:
        return str(json.loads(cause)["errorMessage"])
    except (ValueError, KeyError, TypeError):
        return UNEXPLAINED
