"""The Lambda function behind `/mcp`: the application. It loads MCP's SDK at start-up rather than in a request."""

from functions.api.gateway import handler
from functions.api.mcp import transport

__all__ = ["handler", "transport"]
