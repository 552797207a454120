"""Sends something to a URL."""

from collections.abc import Mapping

from imgopt.outbound.client import exchange
from imgopt.outbound.deadline import Deadline
from imgopt.outbound.destinations import check_url, resolve


def post(url: str, body: bytes, headers: Mapping[str, str], seconds: float) -> int:
    """The status that is answered, be it an error or a redirect, which is not followed; nothing more is read.

    Raises Unfetchable where the URL is not acceptable, or there is no answer within that many seconds in all.
    """
    check_url(url)
    deadline = Deadline(seconds)
    with exchange("POST", resolve(url, deadline.remaining()), deadline, headers, body) as answer:
        return answer.status
