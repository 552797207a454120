"""The page that describes the API."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient

from functions.api.app import build_app
from functions.api.pages.reference import reference_page
from imgopt.settings import settings


@pytest.fixture
def html(environment, app) -> str:
    return TestClient(app).get("/docs").text


def test_reference_has_every_operation_and_every_object(html, app):
    document = app.openapi()
    operations = [each for methods in document["paths"].values() for name, each in methods.items() if name != "options"]
    ids = {*(each["operationId"] for each in operations), *document["components"]["schemas"]}
    assert ids == set(re.findall(r'id="([^"]+)"', html))
    assert all(path in html for path in document["paths"])


def test_links_of_the_reference_are_relative_and_lead_somewhere(html):
    """They are relative: behind API Gateway it is below the name of a stage."""
    links, ids = re.findall(r'(?:href|src)="([^"]*)"', html), re.findall(r'id="([^"]+)"', html)
    assert set(links) - {f"#{each}" for each in ids} == {"openapi.json"}


def test_a_list_of_objects_leads_to_its_objects(html):
    assert 'list of <a href="#JobResponse">JobResponse</a>' in html


def test_reference_runs_and_loads_nothing(environment, app):
    answer = TestClient(app).get("/docs")
    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    assert "<script" not in answer.text
    assert f"style-src 'sha256-{digest}'" in answer.headers["content-security-policy"]
    assert answer.headers["content-security-policy"].endswith("sandbox")


def test_words_of_the_document_are_text():
    document = {
        "info": {"title": "<b>", "version": "1"},
        "paths": {"/<i>": {"get": {"operationId": "a", "responses": {"200": {"description": "<u>"}}}}},
        "components": {"schemas": {"Kind": {"enum": ["<s>"]}}},
    }
    html = reference_page(document).body.decode()
    assert [tag for tag in ("<b>", "<i>", "<u>", "<s>") if tag in html.replace("<b>GET</b>", "")] == []


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/docs/oauth2-redirect"])
def test_the_documentation_can_be_switched_off(environment, monkeypatch, path):
    monkeypatch.setenv("IMGOPT_DOCS", "false")
    settings.cache_clear()
    client = TestClient(build_app())
    assert client.get(path).status_code == 404
    assert "docs" not in client.get("/").json()
