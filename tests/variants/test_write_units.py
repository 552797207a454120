"""The write units of DynamoDB for an image URL."""

from math import inf

import pytest

from benchmarks.costs import HIT_WRITE_UNITS, MISS_WRITE_UNITS, SOURCE_WRITE_UNITS
from imgopt.variants import single_flight, usage
from tests import capacity
from tests.variants.conftest import forget_all


@pytest.fixture(autouse=True)
def no_writes_by_time(monkeypatch):
    """Leases are not renewed, and usage is not written."""
    monkeypatch.setattr(single_flight, "RENEWAL_SECONDS", 60)
    monkeypatch.setattr(usage, "PAUSE_SECONDS", inf)


def test_first_image_of_a_source_takes_its_record_and_another_one_does_not(get):
    with capacity.metered() as of_the_first:
        get("w:20")
    with capacity.metered() as of_another:
        get("w:24")
    assert (of_the_first.units, of_another.units) == (MISS_WRITE_UNITS + SOURCE_WRITE_UNITS, MISS_WRITE_UNITS)


def test_image_that_is_there_takes_no_writes(get):
    get("w:20")
    forget_all()
    with capacity.metered() as of_a_hit:
        get("w:20")
    assert of_a_hit.units == HIT_WRITE_UNITS
