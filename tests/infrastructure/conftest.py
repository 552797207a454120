import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cdk.node import NODE
from tests.infrastructure.variants import UNSTAGED, VARIANTS

if TYPE_CHECKING:
    from aws_cdk import App

os.environ.setdefault("JSII_NODE", str(NODE))

REGION = "eu-west-1"
Resources = dict[str, dict[str, Any]]


def app_of(**context: object) -> "App":
    """An app of the CDK without stacks."""
    from aws_cdk import App

    return App(context=context)


@pytest.fixture(scope="session")
def resources(templates: dict[str, dict[str, Any]]) -> Resources:
    """The resources of all stacks by logical id."""
    return {name: each for template in templates.values() for name, each in template["Resources"].items()}


@pytest.fixture(scope="session")
def of_type(resources: Resources):
    """The properties of all resources of one type, by logical id."""

    def find(kind: str) -> dict[str, dict[str, Any]]:
        return {name: each["Properties"] for name, each in resources.items() if each["Type"] == kind}

    return find


@pytest.fixture
def synthesize(tmp_path: Path):
    """The templates by stack, with other context."""

    def build(**context: object) -> dict[str, dict[str, Any]]:
        from cdk.app import build_cdk_app

        build_cdk_app(tmp_path, **UNSTAGED, **context).synth()
        return read_templates(tmp_path)

    return build


@pytest.fixture(scope="session")
def variant_folder(tmp_path_factory: pytest.TempPathFactory):
    """The folder of a variant's templates, which are synthesised once, under cdk-nag's rules."""
    folders: dict[str, Path] = {}

    def find(name: str) -> Path:
        if name not in folders:
            folders[name] = tmp_path_factory.mktemp("variant")
            synthesize_under_rules(folders[name], VARIANTS[name])
        return folders[name]

    return find


@pytest.fixture(scope="session")
def variant(variant_folder):
    """The templates of a variant, by stack."""
    return lambda name: read_templates(variant_folder(name))


def synthesize_under_rules(folder: Path, context: dict[str, object]) -> None:
    from aws_cdk import Validations
    from cdk_nag import AwsSolutionsChecks

    from cdk.app import build_cdk_app

    with pytest.MonkeyPatch.context() as environment:
        if context.get("edge"):
            environment.setenv("CDK_DEFAULT_REGION", REGION)  # as the CDK's command line does
        app = build_cdk_app(folder, **UNSTAGED, **context)
        Validations.of(app).add_plugins(AwsSolutionsChecks(app))
        app.synth()


def read_templates(folder: Path) -> dict[str, dict[str, Any]]:
    return {path.name.split(".")[0]: json.loads(path.read_text()) for path in folder.glob("*.template.json")}
