"""The stacks of the service: `cdk deploy --all`, or `python -m cdk.app` to write the templates alone."""

import json
import os
import sys
from pathlib import Path

import aws_cdk as cdk

from cdk.bytecode import PYTHON_VERSION, can_compile
from cdk.constructs.upscales import has_gpu
from cdk.context import check, name_of
from cdk.paths import ROOT
from cdk.stacks.api import ApiStack
from cdk.stacks.auth import AuthStack, has_issuer
from cdk.stacks.data import DataStack
from cdk.stacks.gpu import GpuStack
from cdk.stacks.monitoring import MonitoringStack
from cdk.stacks.network import NetworkStack
from cdk.stacks.pipeline import PipelineStack
from cdk.stacks.schedules import SchedulesStack


def build_cdk_app(outdir: Path | None = None, **changed: object) -> cdk.App:
    """`outdir` is where the assembly goes; the CDK command line says so itself. `changed` is context.

    Raises ValueError where the context has what the service would not take.
    """
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | changed
    app = cdk.App(outdir=str(outdir) if outdir else None, analytics_reporting=False, context=context)
    add_stacks(app, os.environ.get("CDK_DEFAULT_REGION", ""))  # the CDK command line knows where it deploys to
    return app


def add_stacks(scope: cdk.Stage, region: str) -> ApiStack:
    """Those of one installation: in an app, or in a stage of a pipeline. Returns the one that has its address.

    Raises ValueError as `build_cdk_app` does.
    """
    check(scope, region)
    prefix = name_of(scope)
    if not can_compile():
        slow = f"Functions will start slowly: only Python {PYTHON_VERSION} can write bytecode for them."
        cdk.Annotations.of(scope).add_warning_v2("imgopt:bytecode", slow)
    storage = DataStack(scope, f"{prefix}Data").storage
    auth = None if has_issuer(scope) else AuthStack(scope, f"{prefix}Auth")
    pipeline = PipelineStack(scope, f"{prefix}Pipeline", storage=storage)
    if has_gpu(scope):
        network = NetworkStack(scope, f"{prefix}Network")
        GpuStack(scope, f"{prefix}Gpu", network=network, pipeline=pipeline)
    api = ApiStack(scope, f"{prefix}Api", storage=storage, pipeline=pipeline, auth=auth)
    schedules = SchedulesStack(scope, f"{prefix}Schedules", storage=storage, pipeline=pipeline)
    email = scope.node.try_get_context("alarm_email")
    if email:
        MonitoringStack(scope, f"{prefix}Monitoring", email=email, stacks=(pipeline, api, schedules))
    return api


def main() -> None:
    outdir = os.environ.get("CDK_OUTDIR")
    try:
        build_cdk_app(Path(outdir) if outdir else None).synth()
    except ValueError as error:
        sys.exit(f"imgopt: {error}")


if __name__ == "__main__":
    main()
