"""The stacks of the service: `cdk deploy --all`, or `python -m cdk.app` to write the templates alone."""

import json
import os
import sys
from pathlib import Path

import aws_cdk as cdk

from cdk.bytecode import PYTHON_VERSION, can_compile
from cdk.constructs.upscales import has_gpu
from cdk.context import check, is_on, name_of
from cdk.edge_options import edge_options_of, has_edge
from cdk.monitoring.watched import WatchedResources, log_groups_of
from cdk.paths import ROOT
from cdk.stacks.api import ApiStack
from cdk.stacks.auth import AuthStack, has_issuer
from cdk.stacks.data import DataStack
from cdk.stacks.edge import EdgeStack
from cdk.stacks.firewall import FirewallStack
from cdk.stacks.gpu import GpuStack
from cdk.stacks.monitoring import MonitoringStack
from cdk.stacks.network import NetworkStack
from cdk.stacks.pipeline import PipelineStack
from cdk.stacks.schedules import SchedulesStack


class RegionalApp(cdk.App):
    """All stacks that name no region are in this one: those whose region is not known can't refer to another's."""

    @property
    def region(self) -> str | None:
        return os.environ.get("CDK_DEFAULT_REGION")


def build_cdk_app(outdir: Path | None = None, **changed: object) -> cdk.App:
    """`outdir` is where the assembly goes; the CDK command line says so itself. `changed` is context.

    Raises ValueError where the context has what the service would not take.
    """
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | changed
    build = RegionalApp if str(context.get("edge")).lower() == "true" else cdk.App
    app = build(outdir=str(outdir) if outdir else None, analytics_reporting=False, context=context)
    check(app, os.environ.get("CDK_DEFAULT_REGION", ""))  # the CDK command line knows where it deploys to
    prefix = name_of(app)
    if not can_compile():
        slow = f"Functions will start slowly: only Python {PYTHON_VERSION} can write bytecode for them."
        cdk.Annotations.of(app).add_warning_v2("imgopt:bytecode", slow)
    storage = DataStack(app, f"{prefix}Data").storage
    auth = None if has_issuer(app) else AuthStack(app, f"{prefix}Auth")
    pipeline = PipelineStack(app, f"{prefix}Pipeline", storage=storage)
    gpu = None
    if has_gpu(app):
        network = NetworkStack(app, f"{prefix}Network")
        gpu = GpuStack(app, f"{prefix}Gpu", network=network, pipeline=pipeline)
    api = ApiStack(app, f"{prefix}Api", storage=storage, pipeline=pipeline, auth=auth)
    if has_edge(app):
        options = edge_options_of(app)
        firewall = FirewallStack(app, f"{prefix}Firewall", options=options)
        EdgeStack(app, f"{prefix}Edge", options=options, api=api, firewall=firewall)
    schedules = SchedulesStack(app, f"{prefix}Schedules", storage=storage, pipeline=pipeline)
    if is_on(app, "monitoring", default=True):
        watched = WatchedResources(
            machines=[pipeline.state_machine_arn],
            table=storage.table,
            api_name=api.api.rest_api_name,
            api_function=api.images.lambda_function,
            dead_letters=pipeline.dead_letters,
            failed_runs=schedules.failed_runs,
            callbacks=pipeline.callbacks,
            log_groups=log_groups_of(pipeline, api, schedules),
            gpus=gpu.watched if gpu else None,
        )
        MonitoringStack(app, f"{prefix}Monitoring", watched=watched)
    return app


def main() -> None:
    outdir = os.environ.get("CDK_OUTDIR")
    try:
        build_cdk_app(Path(outdir) if outdir else None).synth()
    except ValueError as error:
        sys.exit(f"imgopt: {error}")


if __name__ == "__main__":
    main()
