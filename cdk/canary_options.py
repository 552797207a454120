"""The context `canary_minutes`: for how long calls are shifted to new versions, and of which functions."""

from typing import TYPE_CHECKING

from cdk.definition import functions_of_states

if TYPE_CHECKING:
    from constructs import IConstruct

SHIFTED_ROUTES = ("Images", "Streaming", "Mcp", "Variants", "Internal", "Billing")
SHIFTED_STAGES = functions_of_states()
# Minutes. Metrics are one or two minutes late, and are evaluated for two.
SHORTEST_MINUTES, LONGEST_MINUTES = 5, 60


def canary_minutes_of(scope: "IConstruct") -> int:
    """The minutes; 0 without canaries. Raises ValueError if the context is not a valid number."""
    text = str(scope.node.try_get_context("canary_minutes") or 0)
    if not (text.isdecimal() and (int(text) == 0 or SHORTEST_MINUTES <= int(text) <= LONGEST_MINUTES)):
        raise ValueError(f"canary_minutes: {text} is not a number from {SHORTEST_MINUTES} to {LONGEST_MINUTES}")
    return int(text)
