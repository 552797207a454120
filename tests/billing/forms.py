"""Parameters as Stripe reads them from forms and queries: `a[b][0][c]=d` is `{"a": {"b": [{"c": "d"}]}}`."""

import re
from typing import Any
from urllib.parse import parse_qsl

PART = re.compile(r"\[([^\[\]]*)\]")


def parse(form: str) -> dict[str, Any]:
    root: dict[str, Any] = {}
    for name, value in parse_qsl(form, keep_blank_values=True, strict_parsing=bool(form)):
        first, _, rest = name.partition("[")
        *outer, last = [first, *PART.findall(f"[{rest}")]
        place = root
        for part in outer:
            place = place.setdefault(part, {})
        place[last] = value
    return {name: as_lists(value) for name, value in root.items()}


def as_lists(value: Any) -> Any:
    """Makes lists of those objects whose keys are the numbers from 0 on."""
    if not isinstance(value, dict):
        return value
    parts = {name: as_lists(each) for name, each in value.items()}
    return list(parts.values()) if list(parts) == [str(n) for n in range(len(parts))] else parts
