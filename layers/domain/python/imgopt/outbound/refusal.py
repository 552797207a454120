"""How it is put that a URL leads nowhere: the reason, and nothing of what is inside."""

from imgopt.errors import Unfetchable


def refusal(reason: str) -> Unfetchable:
    return Unfetchable(f"The URL could not be fetched: {reason}.")
