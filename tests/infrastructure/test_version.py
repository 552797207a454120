"""The version is written only in imgopt/version.py, and shown by everything that has a version."""

import json
import re

import pytest
from fastapi.testclient import TestClient

from cdk.paths import ROOT
from functions.api.app import build_app
from imgopt.version import SERVICE_VERSION
from supply_chain import sbom

CLIENTS = (ROOT / "imgopt_client/README.md", ROOT / "typescript_client/README.md")
PAGES = (ROOT / "README.md", *CLIENTS, *sorted((ROOT / "docs").rglob("*.md")))
PACKAGE_FILE = re.compile(r"imgopt(?:-client)?-(\d+\.\d+\.\d+)[-.]")


def test_version_is_three_numbers():
    assert re.fullmatch(r"\d+\.\d+\.\d+", SERVICE_VERSION)


def test_document_tells_the_version():
    assert build_app().openapi()["info"]["version"] == SERVICE_VERSION


def test_root_tells_the_version():
    assert TestClient(build_app()).get("/").json()["version"] == SERVICE_VERSION


def test_mcp_server_tells_the_version():
    from functions.api.mcp.server import build_server  # takes half a second, of each process that collects tests

    assert build_server().version == SERVICE_VERSION


def test_bill_of_materials_tells_the_version():
    assert json.loads(sbom.bill([]))["metadata"]["component"]["version"] == SERVICE_VERSION


def test_page_names_packages_by_the_version():
    named = {str(page.relative_to(ROOT)): {*PACKAGE_FILE.findall(page.read_text())} for page in PAGES}
    assert {page: versions for page, versions in named.items() if versions - {SERVICE_VERSION}} == {}
    assert {SERVICE_VERSION} in named.values()


def test_changelog_has_a_section_of_the_version():
    assert f"\n## {SERVICE_VERSION}\n" in (ROOT / "CHANGELOG.md").read_text()


@pytest.mark.parametrize("file", ["pyproject.toml", "uv.lock", "typescript_client/npm-package.json"])
def test_version_is_not_written_a_second_time(file):
    text = (ROOT / file).read_text()
    project = re.search(r'"?name"? ?[=:] "imgopt(?:-client)?",?\n(.*)\n', text)
    assert project
    assert "version" not in project[1].replace('dynamic = ["version"]', "")
