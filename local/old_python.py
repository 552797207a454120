"""Ends with a sentence where a Python is too old to read `environment.py`; any since 2.7 reads this file."""

import sys

WHAT_TO_DO = "install a newer one, or name it: make up PYTHON=/path/to/python3"

if sys.version_info < (3, 7):  # noqa: UP036 - it is run by whatever python3 is
    sys.exit("Python 3.11 or newer is needed, and python3 is " + sys.version.split()[0] + "; " + WHAT_TO_DO)
