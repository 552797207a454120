"""Groups of tiers that share limits and lifetimes."""

from imgopt.accounts.plans import DAILY, Tier


def group_of(tier: Tier) -> str:
    """Returns `unregistered`, `free` or `paid`: the suffix of the group's settings."""
    return tier.value if tier in DAILY else "paid"
