"""Traces: only where X-Ray runs, and its SDK is imported nowhere else."""

import json
import subprocess
import sys

import pytest

from imgopt.telemetry import References, reference_of

PROGRAM = """
import sys
from imgopt.telemetry import observe_stage
@observe_stage
def handler(state): return state["job_id"]
print("aws_xray_sdk" in sys.modules)
"""

NAMES_KEYS = """
from imgopt.telemetry import trace
trace(lambda event, context: None)
from aws_xray_sdk.ext.boto_utils import whitelist
print("s3" in whitelist["services"])
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


def test_traces_do_not_name_objects_in_buckets():
    known = {"AWS_DEFAULT_REGION": "us-east-1", "LAMBDA_TASK_ROOT": "/var/task", "AWS_LAMBDA_FUNCTION_NAME": "plan"}
    done = subprocess.run([sys.executable, "-c", NAMES_KEYS], env=known, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False"]


def test_a_job_is_logged_by_a_reference_that_does_not_open_it():
    job_id = "3f1f2c9e-0000-4000-8000-000000000000"
    line = References().serialize({"message": "request", "job_id": job_id})
    assert json.loads(line) == {"message": "request", "job_id": reference_of(job_id)}
    assert "3f1f2c9e" not in line
