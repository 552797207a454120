"""Names of the results of one call, each once: `NAME#<call>#<hash of the name>` in the table is the job's that has it.

Jobs of a call are told their words at the same time, each without the others. Whoever comes first has the plain name;
the next ones count on. Nobody has a number without need, and a name that was told does not change.
"""

from datetime import timedelta
from hashlib import sha256
from itertools import count

from imgopt import clock
from imgopt.storage import claims, table
from imgopt.tagging.slugs import number_slug

KIND = "NAME"
# All jobs of a call have ended long before.
REMEMBERED = timedelta(days=1)


def choose_name(slug: str, job_id: str, call_id: str | None) -> str:
    """`slug`, or the first of `slug-2`, `slug-3` … that no other job of the call has; the same one for the same job."""
    if call_id is None:
        return slug
    names = (number_slug(slug, number) for number in count(1))
    return next(name for name in names if _claim(name, job_id, call_id))


def _claim(name: str, job_id: str, call_id: str) -> bool:
    # What a picture shows is not kept for longer than the job.
    item_key = table.key(KIND, f"{call_id}#{sha256(name.encode()).hexdigest()[:32]}")
    return claims.claim(item_key, job_id, clock.now() + REMEMBERED) == job_id
