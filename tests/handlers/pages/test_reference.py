"""The page that describes the API."""

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from functions.api.app import build_app
from functions.api.pages.reference import reference_page
from functions.api.pages.reference_groups import all_topics, topic_of
from imgopt.settings import settings
from tests.direct_client import DirectClient


@pytest.fixture
def html(environment, app) -> str:
    return DirectClient(app).get("/docs").text


def test_reference_has_every_operation_and_every_object(html, app):
    document = app.openapi()
    operations = [each for methods in document["paths"].values() for each in methods.values()]
    ids = {*(each["operationId"] for each in operations), *document["components"]["schemas"]}
    assert ids == set(re.findall(r'id="([^"]+)"', html))
    assert all(path in html for path in document["paths"])


def test_links_of_the_reference_are_relative_and_lead_somewhere(html):
    """Links must be relative, since behind API Gateway the page is below the name of a stage."""
    links, ids = re.findall(r'(?:href|src)="([^"]*)"', html), re.findall(r'id="([^"]+)"', html)
    others = set(links) - {f"#{each}" for each in ids}
    assert {each for each in others if not each.startswith("static/")} == {"openapi.json"}


def test_a_list_of_objects_leads_to_its_objects(html):
    assert 'list of <a href="#JobResponse">JobResponse</a>' in html


def test_reference_loads_files_of_the_service_alone(environment, app):
    client = DirectClient(app)
    answer = client.get("/docs")
    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)
    digest = b64encode(sha256(style[1].encode()).digest()).decode()
    policy = answer.headers["content-security-policy"]
    assert f"style-src 'sha256-{digest}'; script-src 'self'; connect-src 'self'" in policy
    assert all(
        re.fullmatch(r'type="module" src="static/\S+"', each) for each in re.findall(r"<script ([^>]*)>", answer.text)
    )
    loaded = re.findall(r'(?:src|href)="(static/[^"]+)"', answer.text)
    assert {client.get(f"/{each}").status_code for each in loaded} == {200}


def test_operations_are_grouped_by_what_a_reader_wants(html):
    """Operations that are not for users come last, and can't be tried on the page."""
    own, apart = html.split('<h2 class="apart">', 1)
    for mark in ("POST</b> <code>/upload<", "POST</b> <code>/auto<", "GET</b> <code>/usage/summary<"):
        assert mark in own
    assert "OPTIONS</b>" not in own
    for mark in ("/internal/cleanup<", "/process<", "/webhooks/stripe<", "OPTIONS</b>"):
        assert mark in apart
    assert "data-method" not in apart


def test_readers_may_authorize_and_try_calls(html):
    assert ">Authorize</button>" in html
    forms = re.findall(r'<form class="scripted trial"[^>]*data-method="(\w+)" data-path="([^"]+)"', html)
    assert {("POST", "/upload"), ("POST", "/auto"), ("GET", "/status/{job_id}")} <= set(forms)
    assert "&#34;temp_file_ids&#34;: [" in html


def test_path_belongs_to_one_topic(app):
    for path, methods in app.openapi()["paths"].items():
        for method in methods:
            assert topic_of(method, path) in all_topics()


def test_words_of_the_document_are_text():
    document = {
        "info": {"title": "<b>", "version": "1"},
        "paths": {"/status/<i>": {"get": {"operationId": "a", "responses": {"200": {"description": "<u>"}}}}},
        "components": {"schemas": {"Kind": {"enum": ["<s>"]}}},
    }
    html = reference_page(document).body.decode()
    assert [tag for tag in ("<b>", "<i>", "<u>", "<s>") if tag in html.replace("<b>GET</b>", "")] == []


@pytest.mark.parametrize("path", ["/docs", "/openapi.json", "/redoc", "/docs/oauth2-redirect"])
def test_the_documentation_can_be_switched_off(environment, monkeypatch, path):
    monkeypatch.setenv("IMGOPT_DOCS", "false")
    settings.cache_clear()
    client = DirectClient(build_app())
    assert client.get(path).status_code == 404
    assert "docs" not in client.get("/").json()
