"""The tool that tells what is left."""

import json
from datetime import datetime

from fastapi.concurrency import run_in_threadpool
from mcp_types import CallToolResult, TextContent, ToolAnnotations
from pydantic import BaseModel, Field

from functions.api.mcp.tool_call import Arguments, ToolCall, ToolDefinition
from imgopt.accounts.model import Credential
from imgopt.credits.service import balance
from imgopt.errors import Unauthorized


class NoArguments(Arguments):
    pass


class AccountReport(BaseModel):
    """Credits are those of the present day, or of a subscription's month."""

    tier: str = Field(description="The plan.")
    is_guest: bool = Field(description="Whether nobody has signed in.")
    credential: Credential = Field(description="By what the caller is known.")
    credits_limit: int = Field(description="Credits of the whole time.")
    credits_used: int = Field(description="Credits that were used of them.")
    credits_remaining: int
    credits_reset_at: datetime = Field(description="When there are as many again.")


async def account_status(call: ToolCall, _: NoArguments) -> CallToolResult:
    """Raises Unauthorized where there is no credential: each call is another guest's then."""
    asking = call.asking
    if asking is None:
        raise Unauthorized("Sign in, or send an API key: a guest without a session token has no account.")
    found = await run_in_threadpool(balance, asking)
    report = AccountReport(
        tier=found.tier,
        is_guest=asking.is_guest,
        credential=asking.credential,
        credits_limit=found.limit,
        credits_used=found.used,
        credits_remaining=found.remaining,
        credits_reset_at=found.resets_at,
    ).model_dump(mode="json")
    return CallToolResult(content=[TextContent(text=json.dumps(report))], structured_content=report)


ACCOUNT_TOOLS = (
    ToolDefinition(
        "account_status",
        "Account status",
        "Tell the plan of who is signed in, and how many credits are left until when. Costs nothing.",
        NoArguments,
        AccountReport,
        account_status,
        ToolAnnotations(read_only_hint=True, open_world_hint=False),
    ),
)
