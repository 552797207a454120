"""What a worker of pytest-xdist tells of a test: how it went, and all of a failure.

pytest-xdist sends six messages of each test, and all that it printed. To read those of a whole run takes the process
that counts tests 14 seconds of its core.
"""

import pytest
from _pytest.runner import runtestprotocol


def run_in_worker(item: pytest.Item, nextitem: pytest.Item | None) -> bool:
    """As pytest does it."""
    hook = item.ihook
    for report in runtestprotocol(item, log=False, nextitem=nextitem):
        if report.when == "call" or not report.passed:
            hook.pytest_runtest_logreport(report=shortened(report) if report.passed else report)
    hook.pytest_runtest_logfinish(nodeid=item.nodeid, location=item.location)
    return True


def shortened(report: pytest.TestReport) -> pytest.TestReport:
    report.sections, report.keywords = [], {}
    return report
