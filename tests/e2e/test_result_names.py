"""Attacks on the names of results, on the embedded cloud: concurrent jobs never get the same name."""

from uuid import uuid4

import pytest

from imgopt.jobs.names import choose_name
from tests.e2e.auditing import at_once

pytestmark = pytest.mark.usefixtures("own_table")


def test_jobs_that_are_named_at_once_have_different_names():
    call = str(uuid4())
    given = at_once(*[lambda number=number: choose_name("kite", f"job-{number}", call) for number in range(20)])
    assert sorted(given) == sorted(["kite", *(f"kite-{number}" for number in range(2, 21))])
