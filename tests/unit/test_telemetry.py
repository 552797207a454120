"""Traces where there is X-Ray, and its SDK nowhere else."""

import subprocess
import sys

import pytest

PROGRAM = """
import sys
from imgopt.telemetry import observe_stage
@observe_stage
def handler(state): return state["job_id"]
print("aws_xray_sdk" in sys.modules)
"""


@pytest.mark.parametrize(
    ("environment", "traced"),
    [
        ({}, "False"),
        ({"AWS_LAMBDA_FUNCTION_NAME": "plan"}, "True"),
        ({"AWS_LAMBDA_FUNCTION_NAME": "plan", "POWERTOOLS_TRACE_DISABLED": "true"}, "False"),
    ],
)
def test_the_tracing_sdk_is_loaded_on_lambda_alone(environment, traced):
    known = {"AWS_DEFAULT_REGION": "us-east-1", "LAMBDA_TASK_ROOT": "/var/task", **environment}
    done = subprocess.run([sys.executable, "-c", PROGRAM], env=known, capture_output=True, text=True, check=True)
    assert done.stdout.split() == [traced]
