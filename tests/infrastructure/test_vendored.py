"""The files of npm packages that pages load are the packages' own."""

from subprocess import CalledProcessError

import pytest

from cdk.node import install
from supply_chain.vendored import SUMS, VENDORED, VENDORED_FILES, sums_of


def test_vendored_files_are_those_that_were_copied():
    assert (VENDORED / SUMS).read_text() == sums_of(VENDORED)


def test_vendored_files_are_those_of_the_locked_package():
    try:
        modules = install(VENDORED)
    except CalledProcessError:
        pytest.skip("the npm registry is not reachable")
    assert sums_of(modules) == sums_of(VENDORED)


def test_vendored_package_has_its_licence():
    folders = {name.partition("/")[0] for name in VENDORED_FILES}
    assert all("BSD 3-Clause" in (VENDORED / folder / "LICENSE").read_text() for folder in folders)
