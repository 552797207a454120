"""pydantic's plugins, which the service does not use."""

import subprocess
import sys

SEARCHED = """
import importlib.metadata


def fail(**_):
    raise AssertionError


importlib.metadata.entry_points = fail
import imgopt.settings
"""


def test_no_plugin_is_searched_for_among_the_installed_packages():
    subprocess.run([sys.executable, "-c", SEARCHED], check=True)
