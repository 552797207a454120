"""Guards Lambda's runtime API, for which the emulator opens a port for each process of a function.

The emulator itself gives invocations to any client, and accepts answers from any. Here each request needs a token,
which functions have in their environment.
"""

import os
import secrets
from hmac import compare_digest
from http.server import BaseHTTPRequestHandler
from typing import Any

# local/lambda_runtime.py uses the same names.
VARIABLE, TOKEN_HEADER = "IMGOPT_RUNTIME_TOKEN", "X-Runtime-Token"


def guard_runtimes() -> None:
    """Patches the emulator, for all later functions. Raises AttributeError if the emulator has changed."""
    from ministack.core.lambda_runtime import ProvidedWorker
    from ministack.services import lambda_svc

    token = os.environ[VARIABLE] = secrets.token_urlsafe()
    build = ProvidedWorker._build_handler_class

    def build_guarded(worker: Any, *arguments: Any) -> type[BaseHTTPRequestHandler]:
        return guarded(build(worker, *arguments), token)

    ProvidedWorker._build_handler_class = build_guarded
    if not callable(lambda_svc._execute_function_provided):
        raise AttributeError("_execute_function_provided")
    lambda_svc._execute_function_provided = refuse_to_run  # durable functions have another server without a guard


def guarded(handler: type[BaseHTTPRequestHandler], token: str) -> type[BaseHTTPRequestHandler]:
    class Guarded(handler):  # type: ignore[misc, valid-type]  # the emulator makes the base
        # Answers are sent with one write and without delay, because functions keep their connection.
        wbufsize, disable_nagle_algorithm = -1, True

        def parse_request(self) -> bool:
            return bool(super().parse_request()) and self.is_known()

        def is_known(self) -> bool:
            if compare_digest((self.headers.get(TOKEN_HEADER) or "").encode(), token.encode()):
                return True
            self.send_error(403)
            return False

    return Guarded


def refuse_to_run(*_: Any) -> dict[str, Any]:
    return {"body": {"errorType": "Runtime.Unknown", "errorMessage": "Durable functions are not run."}, "error": True}
