"""A client of the HTTP API, as a Python library and as the command `imgopt`. It imports no code of the server."""

from imgopt_client.async_client import AsyncClient, AsyncOptimizedImage
from imgopt_client.client import Client
from imgopt_client.errors import ClientError, FileRefused, NotPermitted, Unreachable
from imgopt_client.quoting import FileQuote
from imgopt_client.result import OptimizedImage
from imgopt_client.settings import ImageSettings

__all__ = [
    "AsyncClient",
    "AsyncOptimizedImage",
    "Client",
    "ClientError",
    "FileQuote",
    "FileRefused",
    "ImageSettings",
    "NotPermitted",
    "OptimizedImage",
    "Unreachable",
]
