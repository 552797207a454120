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
