"""A client of the HTTP API, as a Python library and as the command `imgopt`. It imports no code of the server.

Names are imported when they are first used, so that the command catches Ctrl-C while modules are imported.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from imgopt_client.async_client import AsyncClient, AsyncOptimizedImage
    from imgopt_client.client import Client
    from imgopt_client.errors import ClientError, FileRefused, NotPermitted, Unreachable
    from imgopt_client.quoting import FileQuote
    from imgopt_client.result import OptimizedImage
    from imgopt_client.settings import ImageSettings

MODULE_OF_NAME = {
    "AsyncClient": "async_client",
    "AsyncOptimizedImage": "async_client",
    "Client": "client",
    "ClientError": "errors",
    "FileQuote": "quoting",
    "FileRefused": "errors",
    "ImageSettings": "settings",
    "NotPermitted": "errors",
    "OptimizedImage": "result",
    "Unreachable": "errors",
}

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


def __getattr__(name: str) -> object:
    if name not in MODULE_OF_NAME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{MODULE_OF_NAME[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *MODULE_OF_NAME])
