"""Limits wrong user codes, because many of them are guesses (RFC 8628, section 5.1).

They are counted by user, and checked before a code is looked up, so that a right guess after too many wrong ones is
refused. Concurrent attempts may exceed the limit by a few, which 28 to the power of 8 codes allow.
"""

import math

from imgopt import clock
from imgopt.errors import RateLimited
from imgopt.storage import counters, table

KIND = "WRONG_CODES"
MOST_WRONG_CODES, ATTEMPT_WINDOW_SECONDS = 20, 3600


def check_attempts(user_id: str) -> None:
    """Raises RateLimited where the user has typed too many wrong codes this hour."""
    item, ends_at = _window(user_id)
    if counters.read(item) >= MOST_WRONG_CODES:
        left = max(1, ends_at - int(clock.now().timestamp()))
        raise RateLimited(f"Too many wrong codes. Try again in {math.ceil(left / 60)} min.", left)


def record_failure(user_id: str) -> None:
    item, ends_at = _window(user_id)
    counters.count_up(item, 1, MOST_WRONG_CODES, ends_at)


def _window(user_id: str) -> tuple[table.Item, int]:
    """Returns the key of this hour's count, and its end in seconds since 1970."""
    start = int(clock.now().timestamp()) // ATTEMPT_WINDOW_SECONDS * ATTEMPT_WINDOW_SECONDS
    return table.key(KIND, f"{user_id}#{start}"), start + ATTEMPT_WINDOW_SECONDS
