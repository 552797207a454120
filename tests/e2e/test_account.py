"""The report on an account, from an emulator that supports few of the calls."""

import os
import subprocess
import sys

from local.private_files import ROOT


def test_report_ends_without_a_traceback_where_little_is_known(cloud):
    command = [sys.executable, "-m", "cdk.account", "-c", "gpu=true", "-c", "gpu_spot=true"]
    environment = {"PATH": os.environ["PATH"], **cloud.access.environment}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert "Traceback" not in done.stderr
    assert done.returncode == 1
    first, *lines = done.stdout.splitlines()
    assert first.startswith("Account 000000000000 in us-east-1")
    assert any(line.startswith("ok       Stacks: already deployed, last changed on ") for line in lines)
    assert "Nothing was changed." in lines[-1]
