"""Unique file names for the results of one call: `NAME#<call>#<hash of the name>` has the job that owns the name.

The jobs of a call are tagged at the same time, independently. The first job gets the plain name; the next ones get a
number. A name that was answered doesn't change.
"""

from datetime import timedelta
from hashlib import sha256
from itertools import count

from imgopt import clock
from imgopt.storage import claims, table
from imgopt.tagging.slugs import number_slug

KIND = "NAME"
# All jobs of a call end long before this.
TTL = timedelta(days=1)


def choose_name(slug: str, job_id: str, call_id: str | None) -> str:
    """Returns `slug`, or the first of `slug-2`, `slug-3` … that no other job of the call has.

    The same job gets the same name again.
    """
    if call_id is None:
        return slug
    names = (number_slug(slug, number) for number in count(1))
    return next(name for name in names if _claim(name, job_id, call_id))


def _claim(name: str, job_id: str, call_id: str) -> bool:
    # The name says what a picture shows, so that only its hash is kept after the job has been deleted.
    item_key = table.key(KIND, f"{call_id}#{sha256(name.encode()).hexdigest()[:32]}")
    return claims.claim(item_key, job_id, clock.now() + TTL) == job_id
