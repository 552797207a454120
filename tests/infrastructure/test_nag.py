"""cdk-nag's AwsSolutions rules for the stacks, which are synthesised here again: a violation ends the synthesis."""

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from cdk.node import NODE
from tests.infrastructure.variants import UNSTAGED

os.environ.setdefault("JSII_NODE", str(NODE))
# One rule, and one finding of it where it has several.
RULE = re.compile(r"(Annotation::)?AwsSolutions-[A-Z]+\d+(\[.+\])?|(Annotation::)?@aws-cdk/.+")


def check(app: Any) -> None:
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks

    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


def test_the_stacks_break_no_rule_without_a_reason(tmp_path):
    from cdk.app import build_cdk_app

    check(build_cdk_app(tmp_path, **UNSTAGED))


def test_findings_that_are_let_pass_have_a_reason(assembly, variant_folder):
    passed = [each for folder in (assembly, variant_folder("Stripe")) for each in acknowledged_in(folder)]
    assert {rule.rpartition("-")[2].split("[")[0] for rule, _ in passed} >= {"IAM5", "APIG3", "CFR7", "SNS2"}
    assert [rule for rule, _ in passed if not RULE.fullmatch(rule)] == []
    assert [rule for rule, reason in passed if len(reason.split()) < 4] == []


def acknowledged_in(folder: Path) -> list[tuple[str, str]]:
    """Rules with their reasons, of all stacks."""
    known = [json.loads(path.read_text()) for path in folder.glob("*.metadata.json")]
    notes = [note for stack in known for found in stack.values() for note in found]
    passed = [note["data"] for note in notes if note["type"] == "aws:cdk:acknowledged-rules"]
    return [pair for each in passed for pair in each.items()]


def test_the_rules_are_really_checked(tmp_path):
    import aws_cdk
    from aws_cdk import aws_s3

    app = aws_cdk.App(outdir=str(tmp_path))
    aws_s3.Bucket(aws_cdk.Stack(app, "Careless"), "Bucket")
    with pytest.raises(RuntimeError, match="AwsSolutions-S10"):
        check(app)
