"""Errors of tools, with the messages of the HTTP API."""

from typing import Any

from mcp_types import CallToolResult, TextContent
from pydantic import ValidationError

from imgopt.errors import ImgoptError, OutOfCredits, RateLimited, Unavailable

MOST_SHOWN = 10
TRY_AGAIN = "Try again in"


def answer_refusal(error: ImgoptError) -> CallToolResult:
    return error_result(f"{error}{retry_advice(error)}")


def retry_advice(error: ImgoptError) -> str:
    """A sentence that says when to try again; empty if the message already says so."""
    if isinstance(error, OutOfCredits):
        return f" There will be {error.limit} credits again at {error.resets_at.isoformat()}."
    if isinstance(error, (RateLimited, Unavailable)) and TRY_AGAIN not in str(error):
        return f" {TRY_AGAIN} {error.retry_after} s."
    return ""


def refuse_arguments(error: ValidationError) -> CallToolResult:
    """One line for each invalid argument, with its name. The value is not repeated."""
    return error_result("\n".join(describe_argument_problem(each) for each in error.errors()[:MOST_SHOWN]))


def describe_argument_problem(problem: Any) -> str:
    name = ".".join(map(str, problem["loc"]))
    if problem["type"] == "extra_forbidden":
        return f"The tool has no argument {name[:64]!r}."
    sentence = problem["msg"].removeprefix("Value error, ")
    return f"{name}: {sentence}" if name else sentence


def error_result(sentence: str) -> CallToolResult:
    return CallToolResult(content=[TextContent(text=sentence)], is_error=True)
