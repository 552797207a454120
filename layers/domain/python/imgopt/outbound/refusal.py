"""How it is put that a URL leads nowhere: the reason, and nothing of what is inside."""

from imgopt.errors import InvalidRequest


def refusal(reason: str) -> InvalidRequest:
    return InvalidRequest(f"The URL could not be fetched: {reason}.")
