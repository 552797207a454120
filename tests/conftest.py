"""Hooks of all tests, and the names of what fixtures make. The fixtures themselves are in service_fixtures.py."""

import gc
import os
from collections import Counter
from typing import Any

import pytest

from local import synth
from tests import reports, scheduling
from tests.roles.options import SIGNING

os.environ |= synth.WITHOUT_CHECK

STATE_MACHINE, EXPRESS_MACHINE = "optimize", "optimize-express"
MACHINE_ARN = "arn:aws:states:us-east-1:123456789012:stateMachine:"
TABLE, UPLOADS, RESULTS, CALLBACKS = "table", "uploads", "results", "callbacks"
# By what the logical ids of templates begin with.
NAMES = {
    "Table": TABLE,
    "Uploads": UPLOADS,
    "Results": RESULTS,
    "Callbacks": CALLBACKS,
    "StateMachine": STATE_MACHINE,
    "ExpressMachine": EXPRESS_MACHINE,
    "SigningSecret": SIGNING,
}
MOST_WORKERS = 5
FIXTURES = "tests.service_fixtures"
gc.set_threshold(50_000)
pytest.register_assert_rewrite(FIXTURES)


def pytest_configure(config: pytest.Config) -> None:
    """Loads the fixtures. A process that only hands out tests needs none, and importing the service takes a second."""
    if hasattr(config, "workerinput") or not config.getoption("numprocesses", None):
        gc.disable()  # until all tests are collected
        config.pluginmanager.import_plugin(FIXTURES)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """pytest-xdist runs only one of several tests with the same name, and does not report the others."""
    several = [name for name, number in Counter(item.nodeid for item in items).items() if number > 1]
    assert not several, f"several tests are called {several[0]}"
    items.sort(key=lambda item: scheduling.rank(item.nodeid))


def pytest_collection_finish() -> None:
    """Freezes the collected objects, so that the garbage collector doesn't traverse them again and again."""
    gc.freeze()
    gc.enable()


def pytest_runtest_protocol(item: pytest.Item, nextitem: pytest.Item | None) -> bool | None:
    is_plain = not item.config.option.durations and not item.config.option.setupshow
    return reports.run_in_worker(item, nextitem) if is_plain and hasattr(item.config, "workerinput") else None


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    return scheduling.Scheduling(config, log)


def pytest_xdist_auto_num_workers() -> int:
    """Returns one more than there are cores, since end-to-end tests mostly wait for other processes."""
    return min((os.cpu_count() or 1) + 1, MOST_WORKERS)


def table_properties(template: dict[str, Any]) -> dict[str, Any]:
    tables = [each for each in template["Resources"].values() if each["Type"] == "AWS::DynamoDB::Table"]
    wanted = ("KeySchema", "AttributeDefinitions", "BillingMode", "GlobalSecondaryIndexes")
    return {name: tables[0]["Properties"][name] for name in wanted}
