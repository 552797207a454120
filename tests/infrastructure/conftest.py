import json
from pathlib import Path
from typing import Any

import pytest

Resources = dict[str, dict[str, Any]]


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
        from cdk.app import build_app

        build_app(tmp_path, **context).synth()
        return {path.name.split(".")[0]: json.loads(path.read_text()) for path in tmp_path.glob("*.template.json")}

    return build
