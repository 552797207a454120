"""Who may call each route, from the table of `tests/authorization`, whose tests call each route as each caller."""

import re
from pathlib import Path

TABLE = Path(__file__).parents[2] / "tests" / "authorization" / "matrix.txt"
COLUMNS = ("none", "lost", "guest", "void", "jwt", "device", "key", "page", "script", "cron", "tasks", "stripe")
CONVERTER = re.compile(r":\w+\}")
ALL = "all"
REFUSALS = {"400", "401", "403", "404", "."}
USER = {"jwt": "JWT", "key": "API key", "device": "device's token"}
OTHERS = {"guest": "guest", "cron": "scheduler", "tasks": "task queue", "stripe": "Stripe"}


def read_callers() -> dict[str, str]:
    """Returns the callers of each operation, in words."""
    found: dict[str, set[str]] = {}
    for line in TABLE.read_text().splitlines():
        operation, resource, *statuses = re.split(r"  +", line, maxsplit=2) if line[:1].isupper() else ("", "")
        if statuses and "guest's" not in resource:
            name = CONVERTER.sub("}", operation)
            found.setdefault(name, set()).update(_accepted(statuses[0].split()))
    return {operation: _describe(identities) for operation, identities in found.items()}


def _accepted(statuses: list[str]) -> set[str]:
    """Returns the columns whose status is no refusal. A route that needs no credential refuses none."""
    return {column for column, status in zip(COLUMNS, statuses, strict=True) if status not in REFUSALS}


def _describe(identities: set[str]) -> str:
    if not identities or "none" in identities:
        return ALL
    ways = [word for name, word in USER.items() if name in identities]
    user = ["user" if len(ways) == len(USER) else f"user by {' or '.join(ways)}"] if ways else []
    people = ["page session"] if identities <= {"page", "script"} else []
    return ", ".join([*user, *(word for name, word in OTHERS.items() if name in identities), *people])
