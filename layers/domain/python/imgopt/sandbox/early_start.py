"""Imported first, so that the sandbox's server loads its libraries while this process loads its own.

Only on Lambda, where a cold start delays a request, and has two cores.
"""

import os

from imgopt.sandbox import forking

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    forking.prepare()
