"""The operator's command, on a running embedded cloud."""

import os
import subprocess
import sys

from imgopt import clock
from imgopt.accounts import api_keys, repository
from imgopt.accounts.model import User
from imgopt.storage import owned
from local.cloud import Cloud
from tests import pictures
from tests.e2e.conftest import connect

USER, EMAIL = "user-of-the-operator", "turing@example.org"


def run(cloud: Cloud, *given: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "local.operators", "users", *given, "--local"]
    environment = {**os.environ, "IMGOPT_LOCAL_FOLDER": str(cloud.emulator.log.parent)}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True)


def test_a_user_of_a_running_service_is_blocked_and_removed(cloud: Cloud, storage: None):
    repository.add_user(User(USER, EMAIL, clock.now()))
    _, key = api_keys.create(USER, "server")
    with connect(cloud.url, {"Authorization": f"Bearer {key}"}) as client:
        client.post("/upload", files={"file": ("a.png", pictures.png())}).raise_for_status()
        answered = []
        for command in (["block", EMAIL], ["remove", USER, "--yes"]):
            run(cloud, *command)
            answered.append(client.get("/usage/summary").status_code)
    assert answered == [403, 401]
    assert owned.find_all(USER) == []
