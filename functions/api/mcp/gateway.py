"""The Lambda function behind `/mcp`: the application, with the SDK loaded while Lambda starts and not by a request."""

from functions.api.gateway import handler
from functions.api.mcp import transport

__all__ = ["handler", "transport"]
