"""One limit on the time of all steps for a URL."""

import time

from imgopt.safe_http.errors import TOO_LONG, unfetchable


class Deadline:
    """A time that is some seconds from its creation."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Returns the seconds that are left, more than 0. Raises Unfetchable where none are."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise unfetchable(TOO_LONG)
        return left
