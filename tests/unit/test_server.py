"""The server's process, in which threads that work leave the event loop its turns."""

import sys
from collections.abc import Iterator

import pytest

from functions.api import server
from functions.api.app import build_app


@pytest.fixture(autouse=True)
def interval() -> Iterator[float]:
    before = sys.getswitchinterval()
    yield before
    sys.setswitchinterval(before)


def test_event_loop_waits_less_than_half_of_the_usual_time_for_a_thread_that_works(interval):
    server.build_served_app()
    assert sys.getswitchinterval() < interval / 2


def test_application_is_that_of_the_lambda_functions():
    assert server.build_served_app().openapi() == build_app().openapi()
