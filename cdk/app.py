"""The stacks of the service: `cdk deploy --all`, or `python -m cdk.app` to write the templates alone."""

import json
import os
from pathlib import Path

import aws_cdk as cdk

from cdk.paths import ROOT
from cdk.stacks.api import ApiStack
from cdk.stacks.data import DataStack
from cdk.stacks.pipeline import PipelineStack

PREFIX = "Imgopt"


def build_app(outdir: Path | None = None) -> cdk.App:
    """`outdir` is where the assembly goes; the CDK command line says so itself."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"]
    app = cdk.App(outdir=str(outdir) if outdir else None, analytics_reporting=False, context=context)
    data = DataStack(app, f"{PREFIX}Data")
    pipeline = PipelineStack(app, f"{PREFIX}Pipeline", data=data)
    ApiStack(app, f"{PREFIX}Api", data=data, pipeline=pipeline)
    return app


if __name__ == "__main__":
    outdir = os.environ.get("CDK_OUTDIR")
    build_app(Path(outdir) if outdir else None).synth()
