"""One limit on the time of everything that is done for a URL, however it is spent."""

import time

from imgopt.safe_http.errors import TOO_LONG, unfetchable


class Deadline:
    """A moment that is some seconds from now."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def remaining(self) -> float:
        """Seconds, more than 0. Raises Unfetchable when there are none."""
        left = self._end - time.monotonic()
        if left <= 0:
            raise unfetchable(TOO_LONG)
        return left
