"""The npm package `eventsource`, which works like browsers, on a status stream."""

import json
import subprocess
from pathlib import Path

import pytest

from cdk.node import NODE, install
from tests import pictures
from tests.e2e.conftest import connect

FOLDER = Path(__file__).with_name("eventsource")
SCRIPT = """
import {createRequire} from 'node:module';
const {EventSource} = createRequire(process.argv[1])('eventsource');
const seen = [];
const source = new EventSource(process.argv[2]);
for (const name of ['status', 'complete', 'error', 'timeout'])
  source.addEventListener(name, event => {
    seen.push([name, event.data ? JSON.parse(event.data).status : null]);
    if (name !== 'status') { source.close(); console.log(JSON.stringify(seen)); }
  });
"""


@pytest.fixture(scope="module")
def modules() -> Path:
    """Returns the folder of the installed package. No other test of this file needs the npm registry."""
    try:
        return install(FOLDER)
    except subprocess.CalledProcessError:
        pytest.skip("the npm registry is not reachable")


def test_eventsource_hears_of_the_end_once(cloud, modules):
    with connect(cloud.url) as client:
        uploaded = client.post("/upload", files={"file": ("hero.jpg", pictures.jpeg())}).json()
        body = {"temp_file_ids": [uploaded["temp_file_id"]]}
        headers = {"X-Session-Token": uploaded["session_token"]}
        job_id = client.post("/auto", json=body, headers=headers).json()["jobs"][0]["id"]
    arguments = [str(modules.parent / "index.js"), f"{cloud.url}/status/{job_id}/stream"]
    command = [NODE, "--input-type=module", "-e", SCRIPT, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    seen = json.loads(done.stdout)
    assert seen[-1] == ["complete", "completed"]
    assert {name for name, _ in seen[:-1]} <= {"status"}
