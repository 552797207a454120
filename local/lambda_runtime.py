"""A Lambda custom runtime in Python: `lambda_runtime.py <code folder> <module.handler>`.

It reports the names of errors to the runtime API, as Lambda's own runtime does.
"""

import importlib
import json
import os
import sys
import time
import traceback
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPResponse
from typing import Any

from imgopt.loading import garbage_kept


@dataclass
class Context:
    """The context object of an invocation."""

    aws_request_id: str
    invoked_function_arn: str
    deadline_ms: int
    function_name: str = os.environ.get("AWS_LAMBDA_FUNCTION_NAME", "")
    function_version: str = "$LATEST"
    memory_limit_in_mb: str = os.environ.get("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")

    def get_remaining_time_in_millis(self) -> int:
        return max(0, self.deadline_ms - int(time.time() * 1000))


# Other programs on this machine can't use the runtime API (local/emulator/runtime_api.py).
KNOWN = {"X-Runtime-Token": os.environ.pop("IMGOPT_RUNTIME_TOKEN", "")}
RUNTIME_PATH, FIRST_REFUSAL = "/2018-06-01/runtime", 400


def main(folder: str, handler_name: str) -> None:
    api = HTTPConnection(os.environ["AWS_LAMBDA_RUNTIME_API"])  # one connection, as each needs a thread in the emulator
    os.environ["LAMBDA_TASK_ROOT"] = folder
    sys.path.insert(0, folder)
    try:
        module, name = handler_name.rsplit(".", 1)
        with garbage_kept():
            handler = getattr(importlib.import_module(module), name)
    except Exception as error:
        post_result(api, "init/error", describe_exception(error))
        raise
    while True:
        serve_invocation(api, handler)


def serve_invocation(api: HTTPConnection, handler: Any) -> None:
    """Takes one invocation and answers it."""
    api.request("GET", f"{RUNTIME_PATH}/invocation/next", headers=KNOWN)
    response = read_response(api)
    event, headers = json.load(response), response.headers
    request_id = headers["Lambda-Runtime-Aws-Request-Id"]
    context = Context(
        request_id, headers["Lambda-Runtime-Invoked-Function-Arn"], int(headers["Lambda-Runtime-Deadline-Ms"])
    )
    try:
        answer, outcome = handler(event, context), "response"
    except Exception as error:
        answer, outcome = describe_exception(error), "error"
    print(flush=True)  # ends the log of this invocation: local/emulator/invocation_logs.py
    post_result(api, f"invocation/{request_id}/{outcome}", answer)


def describe_exception(error: BaseException) -> dict[str, Any]:
    stack = traceback.format_tb(error.__traceback__)
    return {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": stack}


def post_result(api: HTTPConnection, path: str, answer: Any) -> None:
    api.request(
        "POST", f"{RUNTIME_PATH}/{path}", json.dumps(answer).encode(), {**KNOWN, "Content-Type": "application/json"}
    )
    read_response(api).read()


def read_response(api: HTTPConnection) -> HTTPResponse:
    """The answer of the runtime API. Raises RuntimeError if it is an error."""
    response = api.getresponse()
    if response.status >= FIRST_REFUSAL:
        raise RuntimeError(f"the runtime API answered {response.status}")
    return response


if __name__ == "__main__":
    main(*sys.argv[1:])
