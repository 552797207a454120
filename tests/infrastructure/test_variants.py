"""Installations with other options: each is synthesised under cdk-nag's rules, and accepted by cfn-lint."""

import json
from pathlib import Path

import pytest

from tests.infrastructure.variants import VARIANTS

# Of the partitions there are; in China nobody has user pools, so that another issuer is needed there.
REGIONS = {"us-east-1", "eu-south-2", "us-gov-west-1"}
linted: set[str] = set()


@pytest.mark.parametrize("name", VARIANTS)
def test_a_variant_breaks_no_rule(name, variant_folder):
    assert lint(variant_folder(name)) == []


def test_the_default_is_clean_in_other_regions_and_partitions(assembly):
    assert lint(assembly, sorted(REGIONS)) == []


def test_invalid_template_is_found_by_the_lint(tmp_path):
    resources = {"Bucket": {"Type": "AWS::S3::Bucket", "Properties": {"BucketNam": "b"}}}
    (tmp_path / "Wrong.template.json").write_text(json.dumps({"Resources": resources}))
    assert "BucketNam" in str(lint(tmp_path))


def lint(folder: Path, regions: list[str] | None = None) -> list[str]:
    """Returns the errors of the templates. Templates that were checked with other context are left out."""
    from cfnlint.api import ManualArgs, lint_by_config  # takes half a second, of each process that collects tests

    texts = {template.read_text(): str(template) for template in sorted(folder.glob("*.template.json"))}
    unseen = [path for text, path in texts.items() if text not in linted]
    linted.update(texts)
    if not unseen:
        return []
    config = ManualArgs(templates=unseen, ignore_checks=["W3005"], **({"regions": regions} if regions else {}))
    return [str(match) for match in lint_by_config(config)]
