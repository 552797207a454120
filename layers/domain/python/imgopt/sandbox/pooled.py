"""The child of `imgopt.sandbox.pool`: a process that carries out one call after the other."""

import json
import os
from collections.abc import Callable
from typing import Any, BinaryIO

from imgopt.sandbox import budget as budgets
from imgopt.sandbox.budget import Budget
from imgopt.sandbox.spawned import run_function

# A child that holds more than this share of its memory after an answer ends.
MOST_KEPT = 0.5


def answer_each(request: dict[str, Any], source: BinaryIO, sink: int, confine: Callable[[], tuple[str, ...]]) -> None:
    """Reads calls, answers each, and exits at the end of the input.

    A call is a line of JSON with a number of bytes, and these bytes. So is an answer, which also says whether it is the
    last one.
    """
    most = request["budget"]["memory_bytes"]
    steps = iter([confine])
    with open(sink, "wb") as out:
        while line := source.readline():
            call = json.loads(line)
            limit = next(steps, _stay_confined)
            header, result = _carry_out(call, source.read(call["bytes"]), limit)
            is_last = budgets.resident_bytes() > MOST_KEPT * most
            out.write(json.dumps({**header, "bytes": len(result), "is_last": is_last}).encode() + b"\n")
            out.write(result)
            out.flush()
    os._exit(0)


def _carry_out(call: dict[str, Any], data: bytes, limit: Callable[[], tuple[str, ...]]) -> tuple[dict[str, str], bytes]:
    def begin() -> tuple[str, ...]:
        missing = limit()
        budgets.begin_next(Budget(**call["budget"]))
        return missing

    return run_function(call["target"], data, call["parameters"], begin)


def _stay_confined() -> tuple[str, ...]:
    """Does nothing: confinement is permanent, so that it isn't repeated for later calls."""
    return ()
