"""To be imported first: what reads images loads its libraries in a process of its own, while this one loads others.

On Lambda alone: a cold start is waited for, and has two cores.
"""

import os

from imgopt.sandbox import forking

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    forking.prepare()
