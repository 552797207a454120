"""Messages for URLs that can't be fetched. They reveal nothing about private networks."""

from imgopt.errors import FetchTimeout, Unfetchable

# The same for private hosts and for missing ones, so that clients can't tell them apart.
NOT_FOUND = "its host was not found on the public internet"
TOO_LONG = "it took too long"


def unfetchable(reason: str, *, passes: bool = True) -> Unfetchable:
    kind = FetchTimeout if reason == TOO_LONG else Unfetchable
    return kind(f"The URL could not be fetched: {reason}.", passes=passes)
