"""Sends a POST request to a URL."""

from collections.abc import Mapping

from imgopt.safe_http.client import request
from imgopt.safe_http.deadline import Deadline
from imgopt.safe_http.destinations import check_url, resolve


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
    """Returns the status of the answer, also of an error or a redirect, which is not followed. The body is not read.

    Raises Unfetchable where the URL is not allowed, or there is no answer within `seconds` in all.
    """
    check_url(url)
    deadline = Deadline(seconds)
    with request("POST", resolve(url, deadline.remaining()), deadline, headers, body) as answer:
        return answer.status
