"""The stacks of the service: `cdk deploy --all`, or `python -m cdk.app` to write only the templates."""

import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

import aws_cdk as cdk

from cdk.bucket_rules import bucket_rules_of
from cdk.bytecode import PYTHON_VERSION, can_compile
from cdk.constructs.storage import Storage
from cdk.constructs.upscales import has_gpu
from cdk.context import check, is_on, name_of, service_of
from cdk.edge_options import edge_options_of, has_edge
from cdk.monitoring.watched import WatchedResources, log_groups_of
from cdk.paths import ROOT
from cdk.stacks.api import ApiStack
from cdk.stacks.auth import AuthStack, has_issuer
from cdk.stacks.buckets import BucketsStack
from cdk.stacks.data import DataStack
from cdk.stacks.edge import EdgeStack
from cdk.stacks.firewall import FirewallStack
from cdk.stacks.gpu import GpuStack
from cdk.stacks.monitoring import MonitoringStack
from cdk.stacks.network import NetworkStack
from cdk.stacks.pipeline import PipelineStack
from cdk.stacks.schedules import SchedulesStack


class RegionalApp(cdk.App):
    """An app whose stacks without a region are in `region`. Stacks in an unknown region can't refer to others."""

    @property
    def region(self) -> str | None:
        return os.environ.get("CDK_DEFAULT_REGION")


def build_cdk_app(outdir: Path | None = None, **changed: object) -> cdk.App:
    """The app with all stacks, written to `outdir` or where the CDK command line says. `changed` is context.

    Raises ValueError if the context is not valid.
    """
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | changed
    build = RegionalApp if str(context.get("edge")).lower() == "true" else cdk.App
    app = build(outdir=str(outdir) if outdir else None, analytics_reporting=False, context=context)
    add_stacks(app, os.environ.get("CDK_DEFAULT_REGION", ""))  # set by the CDK command line
    return app


def add_stacks(scope: cdk.Stage, region: str) -> cdk.CfnOutput:
    """Adds the stacks of one installation to an app, or to a stage of a pipeline. Returns the output with its URL.

    Raises ValueError if the context is not valid.
    """
    check(scope, region)
    prefix = name_of(scope)
    if not can_compile():
        slow = f"Functions will start slowly, because only Python {PYTHON_VERSION} can write their bytecode."
        cdk.Annotations.of(scope).add_warning_v2("imgopt:bytecode", slow)
    storage = DataStack(scope, f"{prefix}Data").storage
    auth = None if has_issuer(scope) else AuthStack(scope, f"{prefix}Auth")
    pipeline = PipelineStack(scope, f"{prefix}Pipeline", storage=storage)
    gpu = None
    if has_gpu(scope):
        network = NetworkStack(scope, f"{prefix}Network")
        gpu = GpuStack(scope, f"{prefix}Gpu", network=network, pipeline=pipeline)
    api = ApiStack(scope, f"{prefix}Api", storage=storage, pipeline=pipeline, auth=auth)
    edge = _add_edge(scope, api, region) if has_edge(scope) else None
    schedules = SchedulesStack(scope, f"{prefix}Schedules", storage=storage, pipeline=pipeline)
    rules = bucket_rules_of(scope)
    buckets = BucketsStack(scope, f"{prefix}Buckets", pipeline=pipeline, rules=rules) if rules else None
    if is_on(scope, "monitoring", default=True):
        logged = [pipeline, api, schedules, *([buckets] if buckets else [])]
        _add_monitoring(scope, storage=storage, pipeline=pipeline, api=api, schedules=schedules, gpu=gpu, logged=logged)
    return edge.address if edge else api.address


def _add_edge(scope: cdk.Stage, api: ApiStack, region: str) -> EdgeStack:
    prefix, options = name_of(scope), edge_options_of(scope, region)
    firewall = FirewallStack(scope, f"{prefix}Firewall", options=options)
    return EdgeStack(scope, f"{prefix}Edge", options=options, api=api, firewall=firewall)


def _add_monitoring(  # noqa: PLR0913 - it watches all of them
    scope: cdk.Stage,
    *,
    storage: Storage,
    pipeline: PipelineStack,
    api: ApiStack,
    schedules: SchedulesStack,
    gpu: GpuStack | None,
    logged: Sequence[cdk.Stack],
) -> None:
    watched = WatchedResources(
        service=service_of(scope),
        machines=pipeline.machine_arns,
        table=storage.table,
        api_name=api.api.rest_api_name,
        api_function=api.images.lambda_function,
        dead_letters=pipeline.dead_letters,
        failed_runs=schedules.failed_runs,
        callbacks=pipeline.callbacks,
        log_groups=log_groups_of(*logged),
        gpus=gpu.watched if gpu else None,
    )
    MonitoringStack(scope, f"{name_of(scope)}Monitoring", watched=watched)


def main() -> None:
    outdir = os.environ.get("CDK_OUTDIR")
    try:
        build_cdk_app(Path(outdir) if outdir else None).synth()
    except ValueError as error:
        sys.exit(f"imgopt: {error}")


if __name__ == "__main__":
    main()
