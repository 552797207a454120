"""Functions with provisioned concurrency: the emulator notes it; here a process of the function is started, too.

The first job after a start then waits for none of the programs that work on it.
"""

import contextvars
from threading import Thread
from typing import Any


def provision_at_once() -> None:
    """For all functions from here on. Raises AttributeError where the emulator has changed."""
    from ministack.services import lambda_svc

    note = lambda_svc._put_provisioned_concurrency

    def put(name: str, qualifier: str, asked: dict[str, Any]) -> Any:
        answer = note(name, qualifier, asked)
        if name in lambda_svc._functions:
            run = contextvars.copy_context().run  # which says whose function it is
            Thread(target=run, args=(start_process, lambda_svc._functions[name]), daemon=True).start()
        return answer

    lambda_svc._put_provisioned_concurrency = put


def start_process(function: dict[str, Any]) -> None:
    """One, if there is none. It is nobody's while it starts: an invocation that comes meanwhile takes it, and waits."""
    from ministack.core import lambda_runtime

    config, code = function["config"], function["code_zip"]
    worker, _ = lambda_runtime.acquire_worker(config["FunctionName"], config, code)
    lambda_runtime.release_worker(worker)
    lambda_runtime.ensure_spawned(worker)
