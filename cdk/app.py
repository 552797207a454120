"""The stacks of the service: `cdk deploy --all`, or `python -m cdk.app` to write the templates alone."""

import json
import os
from pathlib import Path

import aws_cdk as cdk

from cdk.bytecode import PYTHON_VERSION, can_compile
from cdk.constructs.upscales import has_gpu
from cdk.paths import ROOT
from cdk.stacks.api import ApiStack
from cdk.stacks.auth import AuthStack, has_issuer
from cdk.stacks.data import DataStack
from cdk.stacks.gpu import GpuStack
from cdk.stacks.network import NetworkStack
from cdk.stacks.pipeline import PipelineStack
from cdk.stacks.schedules import SchedulesStack

PREFIX = "Imgopt"


def build_app(outdir: Path | None = None, **changed: object) -> cdk.App:
    """`outdir` is where the assembly goes; the CDK command line says so itself. `changed` is context."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | changed
    app = cdk.App(outdir=str(outdir) if outdir else None, analytics_reporting=False, context=context)
    if not can_compile():
        slow = f"Functions will start slowly: only Python {PYTHON_VERSION} can write bytecode for them."
        cdk.Annotations.of(app).add_warning_v2("imgopt:bytecode", slow)
    data = DataStack(app, f"{PREFIX}Data")
    auth = None if has_issuer(app) else AuthStack(app, f"{PREFIX}Auth")
    pipeline = PipelineStack(app, f"{PREFIX}Pipeline", data=data)
    if has_gpu(app):
        network = NetworkStack(app, f"{PREFIX}Network")
        GpuStack(app, f"{PREFIX}Gpu", network=network, pipeline=pipeline)
    ApiStack(app, f"{PREFIX}Api", data=data, pipeline=pipeline, auth=auth)
    SchedulesStack(app, f"{PREFIX}Schedules", data=data, pipeline=pipeline)
    return app


if __name__ == "__main__":
    outdir = os.environ.get("CDK_OUTDIR")
    build_app(Path(outdir) if outdir else None).synth()
