"""cdk-nag's AwsSolutions rules over the stacks, synthesised here anew: synth fails where one is broken."""

import os
from typing import Any

import pytest

from cdk.node import NODE

os.environ.setdefault("JSII_NODE", str(NODE))


def check(app: Any) -> None:
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks

    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


def test_the_stacks_break_no_rule_without_a_reason(tmp_path):
    from cdk.app import build_cdk_app

    check(build_cdk_app(tmp_path))


def test_the_rules_are_really_checked(tmp_path):
    import aws_cdk
    from aws_cdk import aws_s3

    app = aws_cdk.App(outdir=str(tmp_path))
    aws_s3.Bucket(aws_cdk.Stack(app, "Careless"), "Bucket")
    with pytest.raises(RuntimeError, match="AwsSolutions-S10"):
        check(app)
