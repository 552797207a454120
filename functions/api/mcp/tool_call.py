"""Definitions and calls of tools."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import BaseModel, Field, ValidationInfo, field_validator

from imgopt.accounts.model import Principal
from imgopt.known_fields import KnownFields

# Seconds from the arrival of the request. API Gateway aborts after 29 seconds, and calls to AWS may take up to 20.
LONGEST_WAIT = 15
TellProgress = Callable[[float, float, str], Awaitable[None]]
WaitSeconds = Annotated[
    int,
    Field(
        ge=0,
        le=LONGEST_WAIT,
        description="The number of seconds to wait for the end of the job. If it takes longer, call `get_job`.",
    ),
]


class Arguments(KnownFields):
    """The arguments of a tool. Unknown ones are refused rather than silently ignored."""

    @field_validator("*", mode="before")
    @classmethod
    def is_no_truth_value(cls, value: Any, info: ValidationInfo) -> Any:
        """Refuses true and false for numbers: Pydantic would accept true as 1."""
        if isinstance(value, bool) and cls.model_fields[str(info.field_name)].annotation is not bool:
            raise ValueError("Input should not be true or false")
        return value


@dataclass(frozen=True)
class ToolCall:
    """A call of a tool. `tell` reports progress: the amount that is done, the whole amount, and a sentence."""

    http: Request
    tell: TellProgress

    @property
    def principal(self) -> Principal | None:
        found: Principal | None = self.http.state.principal
        return found

    def seconds_left(self, wanted: float) -> float:
        """The seconds that the call may wait: `wanted`, or what is left of the request's time if that is less."""
        left: float = self.http.state.waits_until - time.monotonic()
        return max(0.0, min(wanted, left))


@dataclass(frozen=True)
class ToolDefinition:
    """A tool. `report` is the model of its structured answer."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    report: type[BaseModel]
    run: Callable[[ToolCall, Any], Awaitable[CallToolResult]]
    annotations: ToolAnnotations
