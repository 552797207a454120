"""The image optimization service without AWS's or HTTP's shape."""

import os

# Before anything imports ONNX Runtime, which else keeps an id of this machine and tells its makers of each session.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
