"""Installations as others would have them: each is synthesised under cdk-nag's rules, and clean by cfn-lint."""

import json
import os
from pathlib import Path

import pytest
from cfnlint.api import ManualArgs, lint_file

from cdk.node import NODE

os.environ.setdefault("JSII_NODE", str(NODE))
SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:{}-abcdef"
ISSUER = {
    "IMGOPT_OIDC_ISSUER": "https://issuer.example",
    "IMGOPT_OIDC_AUDIENCE": "images",
    "IMGOPT_OIDC_CLIENT_SECRET_ARN": SECRET.format("client"),
}
STRIPE = {
    "IMGOPT_STRIPE_SECRET_ARN": SECRET.format("stripe"),
    "IMGOPT_STRIPE_PRICES": "price_a=starter",
    "IMGOPT_BILLING_ORIGINS": "https://www.example",
}
EDGE = {
    "IMGOPT_PUBLIC_URL": "https://img.example/api",
    "IMGOPT_ORIGIN_SECRET_ARN": SECRET.format("origin"),
    "IMGOPT_CORS_ORIGINS": "https://www.example",
    "IMGOPT_SCHEDULER_SECRET_ARN": SECRET.format("scheduler"),
    "IMGOPT_TAGGING_MODEL_ID": "global.amazon.nova-2-lite-v1:0",
}
VARIANTS: dict[str, dict[str, object]] = {
    "GPU": {"gpu": True},
    "GPU spot": {"gpu": True, "gpu_spot": True, "gpu_max_tasks": 20},
    "another issuer": {"settings": ISSUER},
    "Stripe": {"settings": STRIPE, "callback_urls": ["https://www.example/in"], "mfa_required": True},
    "a second installation": {
        "name": "Staging",
        "log_role": False,
        "account_concurrency": 1000,
        "alarm_email": "ops@example.com",
    },
    "behind a proxy": {"settings": EDGE, "detailed_metrics": True},
}
# Of the partitions there are; in China nobody has user pools, so that another issuer is needed there.
REGIONS = {"us-east-1", "eu-south-2", "us-gov-west-1"}
linted: set[str] = set()


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_breaks_no_rule(name, tmp_path):
    synthesize_under_rules(tmp_path, VARIANTS[name])
    assert lint(tmp_path) == []


def test_the_default_is_clean_in_other_regions_and_partitions(assembly):
    assert lint(assembly, sorted(REGIONS)) == []


def test_what_is_not_clean_is_found(tmp_path):
    resources = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": "b"}}}
    (tmp_path / "Wrong.template.json").write_text(json.dumps({"Resources": resources}))
    assert "BucketNam" in str(lint(tmp_path))


def synthesize_under_rules(folder: Path, context: dict[str, object]) -> None:
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks

    from cdk.app import build_app

    app = build_app(folder, **context)
    Validations.of(app).add_plugins(AwsSolutionsChecks(app))
    app.synth()


def lint(folder: Path, regions: list[str] | None = None) -> list[str]:
    """What is wrong with the templates. Those that were looked at before, with other context, are left out."""
    found = []
    for template in sorted(folder.glob("*.template.json")):
        text = template.read_text()
        if text not in linted:
            linted.add(text)
            config = ManualArgs(ignore_checks=["W3005"], **({"regions": regions} if regions else {}))
            found += [str(match) for match in lint_file(template, config)]
    return found
