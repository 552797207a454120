"""Starts a process for functions with provisioned concurrency. The emulator itself only stores the setting.

So the first job after a start does not wait for processes to start.
"""

import contextvars
from threading import Thread
from typing import Any


def provision_at_once() -> None:
    """Patches the emulator, for all later functions. Raises AttributeError if the emulator has changed."""
    from ministack.services import lambda_svc

    note = lambda_svc._put_provisioned_concurrency

    def put(name: str, qualifier: str, request: dict[str, Any]) -> Any:
        answer = note(name, qualifier, request)
        if name in lambda_svc._functions:
            run = contextvars.copy_context().run  # the context contains the account
            Thread(target=run, args=(start_process, lambda_svc._functions[name]), daemon=True).start()
        return answer

    lambda_svc._put_provisioned_concurrency = put


def start_process(function: dict[str, Any]) -> None:
    """Starts a process, if there is none. An invocation that arrives while it starts uses it, and waits."""
    from ministack.core import lambda_runtime

    config, code = function["config"], function["code_zip"]
    worker, _ = lambda_runtime.acquire_worker(config["FunctionName"], config, code)
    lambda_runtime.release_worker(worker)
    lambda_runtime.ensure_spawned(worker)
