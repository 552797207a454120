"""The script that Lambda's Web Adapter starts, from the folder of the function."""

import os
import stat
import subprocess
import sys
from pathlib import Path
from urllib.request import ProxyHandler, build_opener

import pytest

from local.processes import Child, free_port

SCRIPT = Path("functions", "api", "stream.sh")


@pytest.fixture
def function_folder(resources, assembly) -> Path:
    (code,) = (each["Properties"]["Code"] for name, each in resources.items() if name.startswith("StreamingFunction"))
    return assembly / f"asset.{code['S3Key'].removesuffix('.zip')}"


def test_the_script_serves_the_application(function_folder, tmp_path, environment):
    port = free_port()
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"  # here as Lambda's Python, with the layers' packages
    known = {name: value for name, value in os.environ.items() if name.startswith(("IMGOPT_", "AWS_"))}
    child = Child(
        "script", [function_folder / SCRIPT], {**known, "PATH": path, "AWS_LWA_PORT": str(port)}, tmp_path / "log"
    )
    with child as server:
        server.wait_until(lambda: answers(port), 30)


def answers(port: int) -> bool:
    try:
        with build_opener(ProxyHandler({})).open(f"http://127.0.0.1:{port}/health", timeout=5) as response:
            assert "server" not in response.headers
            return response.read() == b'{"status":"healthy"}'
    except OSError:
        return False


def test_the_script_can_be_executed_and_is_sound(function_folder):
    script = function_folder / SCRIPT
    assert script.stat().st_mode & stat.S_IXUSR
    subprocess.run(["sh", "-n", script], check=True)
