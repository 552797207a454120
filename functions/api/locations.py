"""Where browsers find the service. API Gateway serves it below the name of a stage, which the application can't see."""

from typing import Any

from starlette.requests import Request

from imgopt.settings import settings


def public_url(request: Request) -> str:
    """Without a slash at its end. By the settings, else as the request came in."""
    if settings().public_url:
        return settings().public_url.rstrip("/")
    if "aws.event" in request.scope:
        return gateway_url(request.scope["aws.event"])
    return str(request.base_url).rstrip("/")


def gateway_url(event: dict[str, Any]) -> str:
    """By API Gateway's own account: its `path` is ours, and the path of its context is what the client asked for."""
    context = event["requestContext"]
    above = context["path"].removesuffix(event["path"])
    return f"https://{context['domainName']}{above}"
