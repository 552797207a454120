"""A call of a tool: the request it came by, and where its progress is told."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Request
from mcp_types import CallToolResult, ToolAnnotations
from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from imgopt.accounts.model import Principal

# From when the request came. API Gateway gives up after 29 seconds, and AWS is asked for 20 at most.
LONGEST_WAIT = 15
TellProgress = Callable[[float, float, str], Awaitable[None]]
WaitSeconds = Annotated[
    int,
    Field(
        ge=0,
        le=LONGEST_WAIT,
        description="How long to wait for the end of the job; `get_job` tells of one that takes longer.",
    ),
]


class Arguments(BaseModel):
    """What a tool takes. Whatever else is sent is refused: it would be dropped without a word."""

    model_config = ConfigDict(extra="forbid")

    @field_validator("*", mode="before")
    @classmethod
    def is_no_truth_value(cls, value: Any, info: ValidationInfo) -> Any:
        """Pydantic takes true for 1, of which nobody wants a picture."""
        if isinstance(value, bool) and cls.model_fields[str(info.field_name)].annotation is not bool:
            raise ValueError("Input should not be a truth value")
        return value


@dataclass(frozen=True)
class ToolCall:
    """`tell` takes how much is done, of how much, and a sentence."""

    http: Request
    tell: TellProgress

    @property
    def asking(self) -> Principal | None:
        found: Principal | None = self.http.state.asking
        return found

    def seconds_left(self, wanted: float) -> float:
        """Of those that are wanted, as many as there may be."""
        left: float = self.http.state.waits_until - time.monotonic()
        return max(0.0, min(wanted, left))


@dataclass(frozen=True)
class ToolDefinition:
    """`report` is the model of its structured answer."""

    name: str
    title: str
    description: str
    arguments: type[Arguments]
    report: type[BaseModel]
    run: Callable[[ToolCall, Any], Awaitable[CallToolResult]]
    annotations: ToolAnnotations
