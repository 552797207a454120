"""Tiers that share their limits and lifetimes."""

from imgopt.accounts.plans import DAILY, Tier


def group_of(tier: Tier) -> str:
    """`unregistered`, `free` or `paid`: how the names of the settings for it end."""
    return tier.value if tier in DAILY else "paid"
