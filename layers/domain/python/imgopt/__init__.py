"""The domain of the image optimization service, independent of Lambda and HTTP."""

import os

# Must be set before ONNX Runtime is imported, which otherwise stores an id of this machine and sends usage data to its
# vendor.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
# Without it, pydantic reads the metadata of every installed package at each start, in search of plugins. None is used.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
