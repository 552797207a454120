"""The write units of DynamoDB for an image URL."""

import pytest

from benchmarks.costs import HIT_WRITE_UNITS, MISS_WRITE_UNITS, SOURCE_WRITE_UNITS
from imgopt.variants import single_flight
from tests import capacity
from tests.variants.conftest import forget_all


@pytest.fixture(autouse=True)
def no_renewals(monkeypatch):
    """Of leases, which a slow machine would write."""
    monkeypatch.setattr(single_flight, "RENEWAL_SECONDS", 60)


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
