"""Reads the server's responses: JSON objects, or errors, which are raised."""

import time
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import httpx2

from imgopt_client.errors import Busy, FileRefused, NotPermitted

JsonObject = dict[str, Any]
UNEXPECTED_RESPONSE = "The server's answer is not valid. Check that --server is the URL of an imgopt server."
BUSY_STATUSES = (429, 502, 503, 504)
FORBIDDEN_STATUSES = (401, 402, 403)


def read_object(response: httpx2.Response) -> JsonObject:
    """The JSON object of an answer. Raises a ClientError if it is an error or not a JSON object."""
    check_success(response)
    body = parse_object(response)
    if body is None:
        raise FileRefused(UNEXPECTED_RESPONSE)
    return body


def check_success(response: httpx2.Response) -> None:
    """Raises the ClientError for an answer whose status is not a success."""
    if response.is_success:
        return
    status, body = response.status_code, parse_object(response) or {}
    if response.has_redirect_location:
        raise FileRefused(f"The server redirects to {response.headers['location']}. Use that URL with --server.")
    check_credits(body)
    if status in BUSY_STATUSES:
        raise Busy(error_message(response, body), status, retry_after(response))
    if status in FORBIDDEN_STATUSES:
        raise NotPermitted(error_message(response, body))
    raise FileRefused(error_message(response, body), status)


def check_credits(body: JsonObject) -> None:
    """Raises NotPermitted if credits are insufficient. The status is that of a rate limit, but retries don't help."""
    detail = body.get("detail")
    facts = {**body, **detail} if isinstance(detail, dict) else body
    if "credits_needed" not in facts:
        return
    left, reset = facts.get("credits_remaining"), facts.get("credits_reset_at")
    text = f"Not enough credits: {facts['credits_needed']} needed"
    text += f", {left} left" if left is not None else ""
    raise NotPermitted(f"{text}. They are renewed at {reset}." if reset else f"{text}.")


def error_message(response: httpx2.Response, body: JsonObject) -> str:
    """The server's message, or else one with the request and the status."""
    detail = body.get("detail") or body.get("message")
    if isinstance(detail, str) and detail not in ("Not Found", "Method Not Allowed"):
        return detail
    if isinstance(detail, list):
        return "; ".join(validation_message(each) for each in detail)
    request, status = response.request, response.status_code
    return f"The server answered {status} {reason_phrase(status)} to {request.method} {request.url.path}."


def validation_message(error: Any) -> str:
    """The message about one invalid field of a request."""
    if not isinstance(error, dict):
        return str(error)
    where = [str(part) for part in error.get("loc", ()) if part not in ("body", "settings")]
    message = str(error.get("msg", "invalid")).removeprefix("Value error, ")
    return f"{'.'.join(where)}: {message}" if where else message


def reason_phrase(status: int) -> str:
    return next((known.phrase for known in HTTPStatus if known == status), "")


def retry_after(response: httpx2.Response) -> float | None:
    """The seconds in `Retry-After`, which may also be a date. None if there is no valid one."""
    value = response.headers.get("retry-after", "")
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None


def parse_object(response: httpx2.Response) -> JsonObject | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def string_field(body: Any, name: str) -> str:
    """A required string field of an answer. Raises a ClientError if it is missing."""
    value = body.get(name) if isinstance(body, dict) else None
    if not isinstance(value, str) or not value:
        raise FileRefused(UNEXPECTED_RESPONSE)
    return value
