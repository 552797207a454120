"""The stacks for continuous delivery, for the CDK command line: `make delivery`."""

import json
import os
import sys
from pathlib import Path

import aws_cdk as cdk

from cdk.app import add_stacks
from cdk.context import check_keys, name_of
from cdk.delivery.github import GithubStack
from cdk.delivery.options import delivery_options, github_options
from cdk.delivery.pipeline import DeliveryStack, Fill
from cdk.paths import ROOT

NOTHING_NAMED = "name a repository: -c github_repository=OWNER/NAME, or -c delivery_repository=OWNER/NAME"


def build_delivery_app(outdir: Path | None = None, fill: Fill = add_stacks, **changed: object) -> cdk.App:
    """The app with the stacks. `changed` is context. Raises ValueError if the context is not valid."""
    context = json.loads((ROOT / "cdk.json").read_text())["context"] | changed
    app = cdk.App(outdir=str(outdir) if outdir else None, analytics_reporting=False, context=context)
    check_keys(app)
    github, delivery = github_options(app), delivery_options(app)
    if not (github or delivery):
        raise ValueError(NOTHING_NAMED)
    prefix = name_of(app)
    if github:
        GithubStack(app, f"{prefix}Github", options=github)
    if delivery:
        DeliveryStack(app, f"{prefix}Delivery", options=delivery, fill=fill)
    return app


def main() -> None:
    outdir = os.environ.get("CDK_OUTDIR")
    try:
        build_delivery_app(Path(outdir) if outdir else None).synth()
    except ValueError as error:
        sys.exit(f"imgopt: {error}")


if __name__ == "__main__":
    main()
