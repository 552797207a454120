"""How it is put that a URL leads nowhere: the reason, and nothing of what is inside."""

from imgopt.errors import FetchTimeout, Unfetchable

# Of a host that is inside, and of one that there is not: who asks is not told which.
NOT_FOUND = "its host was not found on the public internet"
TOO_LONG = "it took too long"


def unfetchable(reason: str, *, passes: bool = True) -> Unfetchable:
    kind = FetchTimeout if reason == TOO_LONG else Unfetchable
    return kind(f"The URL could not be fetched: {reason}.", passes=passes)
