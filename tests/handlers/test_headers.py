"""The headers of every answer for browsers and caches."""

import re

import pytest
from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from functions.api.app import PAGES
from functions.api.cors import IMAGES_PREFIX
from functions.api.headers import CACHE_CONTROL, NO_STORE
from imgopt.settings import settings
from tests import pictures
from tests.direct_client import DirectClient

SOME_ID = "3f1f2c9e-0000-4000-8000-000000000000"
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
SITE = "https://shop.example"
# Of requests that no route sees.
REFUSED = [("GET", "/nowhere"), ("PUT", "/auto"), ("HEAD", "/config"), ("DELETE", "/mcp/account")]


@pytest.fixture
def completed(submit, run_stages) -> str:
    job_id = submit(pictures.png())["id"]
    run_stages(job_id)
    return f"/download/{job_id}"


def operations(app) -> list[tuple[str, str]]:
    """A request of each method of each route, and a preflight of each path."""
    routes = [(each.path, each.methods or ()) for each in iter_route_contexts(app.routes)]
    return [(method, path) for path, methods in routes for method in {*methods, "PREFLIGHT"}]


def ask(client: TestClient, method: str, path: str):
    headers = {"Origin": SITE}
    if method == "PREFLIGHT":
        method, headers = "OPTIONS", {**headers, "Access-Control-Request-Method": "POST"}
    return client.request(method, re.sub(r"\{\w+\}", SOME_ID, path), params={"job_ids": SOME_ID}, headers=headers)


def test_every_answer_of_every_route_has_all_of_them(client):
    found = operations(client.app)
    assert {"/docs", "/openapi.json", "/download/{job_id}", "/mcp/account"} <= {path for _, path in found}
    for method, path in found + REFUSED:
        answer = ask(client, method, path)
        headers, case = answer.headers, (method, path, answer.status_code)
        assert headers["x-content-type-options"] == "nosniff", case
        assert headers["x-frame-options"] == "DENY", case
        assert headers["referrer-policy"] in ("no-referrer", "same-origin"), case
        is_sandboxed = "sandbox" in headers["content-security-policy"]
        assert headers.get("cross-origin-opener-policy") == (None if is_sandboxed else "same-origin"), case
        is_page = headers.get("content-type", "").startswith("text/html")
        assert is_tight(headers["content-security-policy"]) if is_page else is_sandbox(headers), case
        has_content = answer.status_code == 200 and method in ("GET", "HEAD")
        kept = CACHE_CONTROL.get(path, NO_STORE) if has_content else NO_STORE
        assert headers["cache-control"] == kept, case
        assert "strict-transport-security" not in headers, case
        is_left_out = path in PAGES or path.startswith(IMAGES_PREFIX)
        assert ("access-control-allow-origin" in headers) != is_left_out, case


def is_sandbox(headers) -> bool:
    return headers["content-security-policy"] == SANDBOX


def is_tight(policy: str) -> bool:
    """Returns whether a page loads only our own files and styles that are named one by one, and allows no frame."""
    parts = dict(part.partition(" ")[::2] for part in policy.split("; "))
    styles = parts.pop("style-src")
    wanted = {"default-src": "'none'", "frame-ancestors": "'none'", "base-uri": "'none'"}
    return (
        parts.items() >= wanted.items()
        and parts.get("script-src", "'self'") == "'self'"
        and bool(re.fullmatch(r"'(self|(nonce|sha256)-\S+)'", styles))
    )


def test_routes_of_the_cache_table_exist(app):
    assert set(CACHE_CONTROL) <= {each.path for each in iter_route_contexts(app.routes)}


def test_a_download_is_kept_and_may_be_shown_anywhere_but_opened_in_a_sandbox(client, completed):
    whole = client.get(completed)
    part = client.get(completed, headers={"Range": "bytes=0-9"})
    known = client.get(completed, headers={"If-None-Match": whole.headers["etag"]})
    assert [each.status_code for each in (whole, part, known)] == [200, 206, 304]
    for answer in (whole, part, known, client.head(completed)):
        assert answer.headers["cache-control"] == "private, max-age=3600"
        assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
        assert is_sandbox(answer.headers)


def test_redirect_to_a_signed_address_is_not_cached(client, completed, monkeypatch):
    monkeypatch.setenv("IMGOPT_INLINE_DOWNLOAD_BYTES", "1")
    settings.cache_clear()
    answer = client.get(completed)
    told = ("cache-control", "cross-origin-resource-policy")
    assert (answer.status_code, *map(answer.headers.get, told)) == (307, "no-store", "cross-origin")


def test_streams_are_neither_kept_nor_gathered(client, completed):
    answer = client.get(completed.replace("download", "status") + "/stream")
    assert (answer.headers["cache-control"], is_sandbox(answer.headers)) == ("no-store, no-transform", True)


PUBLIC, ON_LAMBDA = "IMGOPT_PUBLIC_URL", {"AWS_LAMBDA_FUNCTION_NAME": "Streaming"}


@pytest.mark.parametrize(
    ("variables", "asked_by", "is_told"),
    [
        ({PUBLIC: "https://img.example"}, "http", True),
        (ON_LAMBDA, "http", True),
        ({}, "https", True),
        ({}, "http", False),
        ({PUBLIC: "http://127.0.0.1:8080", **ON_LAMBDA}, "http", False),
    ],
)
@pytest.mark.usefixtures("environment")
def test_browsers_stay_with_https_where_the_service_has_it(monkeypatch, app, variables, asked_by, is_told):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    for path in ("/health", "/nowhere"):
        headers = DirectClient(app, base_url=f"{asked_by}://testserver").get(path).headers
        assert (headers.get("strict-transport-security") == "max-age=31536000") == is_told


def test_a_refusal_of_a_host_has_them_too(environment, app, monkeypatch):
    monkeypatch.setenv("IMGOPT_ALLOWED_HOSTS", "img.example")
    settings.cache_clear()
    answer = DirectClient(app).get("/health")
    assert (answer.status_code, is_sandbox(answer.headers)) == (421, True)


def test_an_unexpected_error_has_them_too(client, monkeypatch):
    monkeypatch.setattr("imgopt.jobs.repository.find_all", lambda _: 1 / 0)
    answer = client.get(f"/status/{SOME_ID}")
    assert (answer.status_code, is_sandbox(answer.headers)) == (500, True)
