"""Leases: how many streams or downloads one client has open at the same time, across all processes.

`LEASES#<kind>#<hash of client>#<start of the window>` has a name for each lease. A lease of a process that died ends
with its window. A lease that is still open when the next window begins isn't counted there.
"""

import secrets
from dataclasses import dataclass
from hashlib import sha256

from imgopt import clock
from imgopt.errors import RateLimited
from imgopt.storage import sets, table

KIND = "LEASES"
# Twice as long as a stream or download can be open.
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
    """Takes one of `most` leases of a kind. Raises RateLimited with `message` where all are taken."""
    start = int(clock.now().timestamp()) // LEASE_SECONDS * LEASE_SECONDS
    hashed = sha256(whom.encode()).hexdigest()[:32]  # addresses are personal data
    lease = Lease(f"{kind}#{hashed}#{start}", secrets.token_hex(4))
    if not sets.add(lease.key, {lease.name}, most, start + 2 * LEASE_SECONDS):
        raise RateLimited(f"{message} Try again in {RETRY_SECONDS} s.", RETRY_SECONDS)
    return lease


def release_lease(lease: Lease) -> None:
    sets.remove(lease.key, lease.name)
