#!/bin/sh
# botocore 1.43.106, retry mode "standard": an answer of HTTP 429 is tried again only where its body has a code that
# botocore knows. One whose body has none, as from a proxy or a gateway in front of AWS, is raised at the first attempt;
# the same answer with 503 is tried as often as was asked.
# A good guess: 429 is what "too many requests" means, so it is retried whatever the body says.
# Seen: 429 without a code: 1 attempt; 503 without a code: 3 attempts; 429 with ThrottlingException: 3 attempts.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
"$folder/env/bin/pip" install --quiet boto3==1.43.106 botocore==1.43.106
"$folder/env/bin/python" - <<'PY'
import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

attempts = 0
status, body = 0, b""


class Answer(BaseHTTPRequestHandler):
    def do_POST(self):
        global attempts
        attempts += 1
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = HTTPServer(("127.0.0.1", 0), Answer)
Thread(target=server.serve_forever, daemon=True).start()
client = boto3.client(
    "dynamodb",
    region_name="us-east-1",
    endpoint_url=f"http://127.0.0.1:{server.server_port}",
    aws_access_key_id="a",
    aws_secret_access_key="b",
    config=Config(retries={"mode": "standard", "total_max_attempts": 3}),
)
seen = {}
throttled = json.dumps({"__type": "com.amazonaws#ThrottlingException", "message": "slow down"}).encode()
for name, status, body in (("429", 429, b"{}"), ("503", 503, b"{}"), ("429 with a code", 429, throttled)):
    attempts = 0
    try:
        client.list_tables()
    except ClientError:
        pass
    seen[name] = attempts
print(seen)
assert seen == {"429": 1, "503": 3, "429 with a code": 3}, seen
PY
