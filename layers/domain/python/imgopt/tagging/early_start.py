"""To be imported: networks that tag on this machine are opened as the function starts, and not with its first image.

On Lambda alone, where a start is not an image's own time.
"""

import os

from imgopt.tagging import service

if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
    service.open_networks()
