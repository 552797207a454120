#!/bin/sh
# Starts the application for the Lambda Web Adapter, which forwards requests to it and streams its answers back.
# Lambda adds the layers to Python's path only for its own handlers, so this script adds them.
set -eu
here=$(cd "$(dirname "$0")/../.." && pwd)
export PYTHONPATH="$here:/opt/python${PYTHONPATH:+:$PYTHONPATH}"
exec python3 -m uvicorn --factory functions.api.server:build_served_app \
    --http functions.api.protocol:LimitedProtocol \
    --host 127.0.0.1 --port "${AWS_LWA_PORT:-8080}" --no-access-log --log-level warning \
    --no-proxy-headers --no-server-header
