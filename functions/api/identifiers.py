"""The ids of several jobs in a query: `?job_ids=a&job_ids=b` or `?job_ids=a,b`."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from pydantic import AfterValidator, BeforeValidator

MOST_JOBS = 100
WRONG_NUMBER = f"name 1 to {MOST_JOBS} jobs"


def split_at_commas(values: Any) -> Any:
    """Splits values at commas. The number of ids is checked before they are parsed."""
    if not isinstance(values, list):
        return values
    if sum(value.count(",") + 1 for value in values if isinstance(value, str)) > MOST_JOBS:
        raise ValueError(WRONG_NUMBER)
    return list(_parts(values))


def _parts(values: list[Any]) -> Iterator[Any]:
    for value in values:
        yield from (part.strip() for part in value.split(",")) if isinstance(value, str) else (value,)


def check_number(job_ids: list[UUID]) -> list[UUID]:
    if not 0 < len(job_ids) <= MOST_JOBS:
        raise ValueError(WRONG_NUMBER)
    return job_ids


COMMAS, ID_COUNT = BeforeValidator(split_at_commas), AfterValidator(check_number)
