"""How it is put that a URL leads nowhere: the reason, and nothing of what is inside."""

from imgopt.errors import Unfetchable

# Of a host that is inside, and of one that there is not: who asks is not told which.
NOT_FOUND = "its host was not found on the public internet"


def unfetchable(reason: str, *, passes: bool = True) -> Unfetchable:
    return Unfetchable(f"The URL could not be fetched: {reason}.", passes=passes)
