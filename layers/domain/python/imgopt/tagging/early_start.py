"""Imported to open the tagging networks while the function starts, and not with its first image.

Only on Lambda, where starting doesn't count as an image's time.
"""

import os

from imgopt.tagging import service

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    service.open_networks()
