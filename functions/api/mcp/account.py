"""The tool for the caller's account: tier and credits."""

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
    """The caller's tier and its credits in the current period: a day, or a month of a subscription."""

    tier: str = Field(description="The tier of the account, such as `free`. A guest's is `unregistered`.")
    is_guest: bool = Field(description="Whether the caller is a guest, who has no account.")
    credential: Credential = Field(description="The kind of credential that the caller sent.")
    credits_limit: int = Field(description="The number of credits of the whole period.")
    credits_used: int = Field(description="The number of credits that were used in the current period.")
    credits_remaining: int
    credits_reset_at: datetime = Field(description="The time at which the next period begins.")


async def account_status(call: ToolCall, _: NoArguments) -> CallToolResult:
    """Raises Unauthorized without a credential, as each such call would come from another new guest."""
    principal = call.principal
    if principal is None:
        raise Unauthorized("Sign in, or send an API key: a guest without a session token has no account.")
    found = await run_in_threadpool(balance, principal)
    report = AccountReport(
        tier=found.tier,
        is_guest=principal.is_guest,
        credential=principal.credential,
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
        "Get the caller's tier, the remaining credits, and the time at which they are renewed. Costs nothing.",
        NoArguments,
        AccountReport,
        account_status,
        ToolAnnotations(read_only_hint=True, open_world_hint=False),
    ),
)
