"""Reserved concurrency of functions, as shares of the context `account_concurrency`, if that is set."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from constructs import IConstruct

# The share of Streaming is also its limit, so that open streams leave the rest of the account's concurrency free.
SHARES = {
    "Streaming": 0.12,
    "Variants": 0.08,
    "Mcp": 0.03,
    "OptimizeSmall": 0.08,
    "Optimize": 0.03,
    "OptimizeObject": 0.02,
    "Upscale": 0.03,
    "Tag": 0.04,
    "Plan": 0.04,
    "Finish": 0.04,
    "Fail": 0.02,
    "Deliver": 0.02,
    "Billing": 0.02,
    "Internal": 0.01,
    "Reconcile": 0.005,
    "Cleanup": 0.005,
    "RefreshCredits": 0.005,
}
# AWS requires that 100 stay unreserved, for functions without a share: the API, and others in the account.
UNRESERVED = 100
SMALLEST = 250


def reserved_of(scope: "IConstruct", name: str) -> int | None:
    """The reserved concurrency of a function. None if `account_concurrency` is not set.

    Raises ValueError if the account's concurrency is too small to be shared.
    """
    text = scope.node.try_get_context("account_concurrency")
    if text is None or name not in SHARES:
        return None
    if not (str(text).isdecimal() and int(text) >= SMALLEST):
        fewest = f"a number of at least {SMALLEST}"
        raise ValueError(f"account_concurrency: {text} is not {fewest}; first request a quota of 1000 from AWS")
    return max(1, round(SHARES[name] * int(text)))
