"""What one client holds open at a time, by whichever processes it is served.

`LEASES#<kind>#<hash of whom>#<start of the window>` has a name for each. What a process that died has left there is
forgotten with its window, and whoever holds something across the border of two is not counted in the second.
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from imgopt import clock
from imgopt.errors import RateLimited
from imgopt.storage import sets, table

KIND = "LEASES"
# Twice as long as anything is open.
LEASE_SECONDS = 600
RETRY_SECONDS = 5


@dataclass(frozen=True)
class Lease:
    identifier: str
    name: str

    @property
    def key(self) -> table.Item:
        return table.key(KIND, self.identifier)


def take_lease(kind: str, whom: str, most: int, message: str) -> Lease:
    """Raises RateLimited where so many are held already."""
    start = int(clock.now().timestamp()) // LEASE_SECONDS * LEASE_SECONDS
    hashed = sha256(whom.encode()).hexdigest()[:32]  # addresses are personal
    lease = Lease(f"{kind}#{hashed}#{start}", secrets.token_hex(4))
    if not sets.add(lease.key, {lease.name}, most, start + 2 * LEASE_SECONDS):
        raise RateLimited(f"{message} Try again in {RETRY_SECONDS} s.", RETRY_SECONDS)
    return lease


def release_lease(lease: Lease) -> None:
    sets.remove(lease.key, lease.name)
