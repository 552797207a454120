"""The MCP server with the tools, built with the official SDK."""

from typing import Any

from mcp.server.context import ServerRequestContext
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError
from mcp_types import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    CallToolRequestParams,
    CallToolResult,
    ListToolsResult,
    PaginatedRequestParams,
    Tool,
)
from pydantic import ValidationError

from functions.api.crashes import log_crash
from functions.api.mcp import account, images, jobs
from functions.api.mcp.job_report import schema_of
from functions.api.mcp.refusals import answer_refusal, refuse_arguments
from functions.api.mcp.tool_call import ToolCall, ToolDefinition
from imgopt.errors import ImgoptError
from imgopt.version import SERVICE_VERSION

TOOL_BY_NAME = {tool.name: tool for tool in (*images.IMAGE_TOOLS, *jobs.JOB_TOOLS, *account.ACCOUNT_TOOLS)}
SERVER_INSTRUCTIONS = (
    "Compresses, converts, resizes, enlarges and describes images. Name an image by its URL, or upload it: POST a form "
    "with the part `file` to /upload on this server, and use the temp_file_id of the answer. Signed URLs of results "
    "are valid for 15 minutes; get_job returns new ones."
)
ServerContext = ServerRequestContext[Any, Any]


def build_server() -> Server[Any]:
    return Server(
        "imgopt",
        title="Image optimization",
        version=SERVICE_VERSION,
        instructions=SERVER_INSTRUCTIONS,
        on_list_tools=list_tools,
        on_call_tool=call_tool,
    )


async def list_tools(_: ServerContext, __: PaginatedRequestParams | None) -> ListToolsResult:
    return ListToolsResult(tools=[describe_tool(tool) for tool in TOOL_BY_NAME.values()])


def describe_tool(tool: ToolDefinition) -> Tool:
    return Tool(
        name=tool.name,
        title=tool.title,
        description=tool.description,
        input_schema=tool.arguments.model_json_schema(),
        output_schema=schema_of(tool.report),
        annotations=tool.annotations,
    )


async def call_tool(context: ServerContext, request: CallToolRequestParams) -> CallToolResult:
    """Calls a tool. Its errors are results, which a model can read and correct. Raises MCPError for unknown tools."""
    tool = TOOL_BY_NAME.get(request.name)
    if tool is None:
        raise MCPError(INVALID_PARAMS, f"There is no such tool. The tools are {', '.join(TOOL_BY_NAME)}.")
    http: Any = context.request  # the SDK passes on the request of FastAPI
    try:
        arguments = tool.arguments.model_validate(request.arguments or {})
        return await tool.run(ToolCall(http, context.session.report_progress), arguments)
    except ValidationError as error:
        return refuse_arguments(error)
    except ImgoptError as error:
        return answer_refusal(error)
    except Exception as error:
        log_crash(http.scope, error)
        raise MCPError(INTERNAL_ERROR, "Internal server error.") from None
