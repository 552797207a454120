"""The page for images: who gets it, what it may load, and what it shows about the user."""

import json
import re

import pytest

from functions.api.pages.assets import assets_version, load_assets
from functions.api.pages.languages import LANGUAGES, choose_language
from functions.api.routers.app_page import prefers_html
from imgopt.accounts import access, users
from imgopt.settings import settings
from tests.handlers.pages.browser import Browser

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
TEXTS = "app/texts/{}.json"


def known(answer) -> dict:
    return json.loads(re.search(r'id="known">(.*?)</script>', answer.text)[1])


@pytest.mark.parametrize(
    ("accept", "is_html"),
    [
        (CHROME, True),
        ("text/html", True),
        ("TEXT/HTML;Q=0.9", True),
        ("application/json, text/html;q=0.5", False),
        ("application/json", False),
        ("*/*", False),
        ("text/html;q=0, */*", False),
        ("text/html;q=nonsense", False),
        ("", False),
    ],
)
def test_html_is_for_those_who_name_it(accept, is_html):
    assert prefers_html(accept) == is_html


def test_root_is_a_page_for_browsers_and_json_for_others(client):
    page, others = client.get("/", headers={"Accept": CHROME}), client.get("/")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert others.json()["name"] == "Tinify.ai API"
    assert all("Accept" in answer.headers["vary"] for answer in (page, others))
    assert client.get("/app").text == page.text


def test_page_loads_its_own_files_alone_and_has_no_inline_script_or_style(client):
    page = client.get("/app")
    policy = dict(part.partition(" ")[::2] for part in page.headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert not re.search(
        r"<style|\sstyle=|\son\w+=|https?://", re.sub(r'<script type="application/json".*', "", page.text)
    )
    scripts = re.findall(r"<script ([^>]*)>", page.text)
    assert [each for each in scripts if "src=" not in each] == ['type="application/json" id="known"']


@pytest.mark.parametrize(("directive", "bucket"), [("img-src", "results"), ("connect-src", "uploads")])
def test_policy_names_where_large_files_are(client, directive, bucket):
    policy = client.get("/app").headers["content-security-policy"]
    found = re.search(rf"{directive} ([^;]*)", policy)[1]
    assert re.search(rf"https://\S*{bucket}\S*\.amazonaws\.com", found)


def test_policy_names_the_cdn_in_place_of_the_bucket(client, monkeypatch):
    monkeypatch.setenv("IMGOPT_RESULTS_URL", "https://img.example")
    settings.cache_clear()
    assert "https://img.example" in client.get("/app").headers["content-security-policy"]


def test_files_of_the_page_are_there_and_kept_for_good(client):
    addresses = re.findall(r'(?:src|href)="(static/[^"]+)"', client.get("/app").text)
    assert len(addresses) > 20
    for address in addresses:
        answer = client.get(f"/{address}")
        assert (answer.status_code, answer.headers["cache-control"]) == (200, "public, max-age=31536000, immutable")


def test_modules_import_what_there_is():
    files = load_assets()
    for name in (each for each in files if each.endswith(".js")):
        folder = re.sub(r"[^/]*$", "", name)
        for wanted in re.findall(rb"""(?:from|import) ?['"](\.[^'"]+)['"]""", files[name].content):
            path = f"{folder}{wanted.decode()}"
            while "/../" in path or "/./" in path:
                path = re.sub(r"[^/]+/\.\./|\./", "", path, count=1)
            assert path in files, (name, wanted)


def test_an_asset_is_sent_packed_and_not_again_to_who_has_it(client):
    address = f"/static/{assets_version()}/app/main.js"
    packed, plain = client.get(address), client.get(address, headers={"Accept-Encoding": "identity"})
    assert (packed.headers["content-encoding"], packed.text) == ("gzip", plain.text)
    assert "content-encoding" not in plain.headers
    again = client.get(address, headers={"If-None-Match": plain.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "name", ["app/nothing.js", "vendored/package.json", "vendored/SHA256SUMS", "../app.py", "..%2Fapp.py", ""]
)
def test_folder_has_more_that_is_not_served(client, name):
    assert client.get(f"/static/{assets_version()}/{name}").status_code == 404


def test_files_of_another_version_are_not_mixed_with_these(client):
    answer = client.get("/static/0123456789abcdef/app/main.js")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")


def test_words_of_the_page_are_the_same_in_all_languages():
    tables = {each: json.loads(load_assets()[TEXTS.format(each)].content) for each in LANGUAGES}
    english = tables["en"]
    for language, table in tables.items():
        assert table.keys() == english.keys(), language
        for key, text in table.items():
            assert placeholders(text) == placeholders(english[key]), (language, key)


def placeholders(text: str | dict) -> set[str]:
    forms = [text] if isinstance(text, str) else list(text.values())
    return {name for form in forms for name in re.findall(r"\{\w+\}", form)}


def test_words_that_scripts_name_are_there():
    files = load_assets()
    english = json.loads(files[TEXTS.format("en")].content)
    scripts = b"".join(
        asset.content for name, asset in files.items() if name.startswith("app/") and name.endswith(".js")
    )
    assert set(re.findall(r"""\bt\('([^']+)'""", scripts.decode())) <= english.keys()


@pytest.mark.parametrize(
    ("header", "language"),
    [("de-CH,de;q=0.9,en;q=0.8", "de"), ("fr, de;q=0.5", "de"), ("fr", "en"), ("", "en"), ("*", "en")],
)
def test_language_is_the_first_that_a_browser_names_and_there_is(header, language):
    assert choose_language(header) == language


def test_page_is_in_the_browsers_language(client):
    answer = client.get("/app", headers={"Accept-Language": "de"})
    assert '<html lang="de">' in answer.text
    assert "Accept-Language" in answer.headers["vary"]


def test_page_knows_who_has_signed_in_and_leads_back_to_itself(browser: Browser):
    ended = browser.open(browser.issuer.authorize(browser.open("/mcp/sign-in?wanted=app").headers["location"]))
    assert ended.headers["location"] == "../app"
    session = known(browser.open("/app"))["session"]
    headers = {"Authorization": f"Page {session['token']}"}
    summary = browser.client.get("/usage/summary", headers=headers).json()
    assert (summary["tier"], "@" in session["name"]) == ("free", True)


def test_each_user_has_a_key_for_what_a_browser_keeps_that_tells_nothing(browser, other_browser):
    browser.sign_in()
    user_id = users.user_id_of(browser.issuer.url, browser.issuer.person["sub"])
    browser.issuer.person = {**browser.issuer.person, "sub": "somebody-else"}
    other_browser.sign_in()
    key, other_key = (known(each.open("/app"))["session"]["key"] for each in (browser, other_browser))
    assert key != other_key
    assert user_id not in key


def test_guests_page_knows_nobody(client):
    assert known(client.get("/app"))["session"] is None


@pytest.mark.parametrize("token", ["", "guessed", "é"])
def test_cookie_alone_is_no_credential_nor_is_a_token_of_another_session(browser, other_browser, token):
    browser.sign_in()
    assert browser.client.get("/usage/history").status_code == 401
    assert browser.client.get("/usage/history", headers={"Authorization": f"Page {token}".encode()}).status_code == 401


def test_token_of_the_page_is_worth_nothing_without_its_cookie(browser, other_browser):
    browser.sign_in()
    token = known(browser.open("/app"))["session"]["token"]
    answer = other_browser.client.get("/usage/history", headers={"Authorization": f"Page {token}"})
    assert (answer.status_code, answer.json()["detail"]) == (401, "Your session is over. Please sign in again.")


def test_user_who_is_blocked_is_told_so(browser):
    browser.sign_in()
    user_id = users.user_id_of(browser.issuer.url, browser.issuer.person["sub"])
    access.block_user(user_id)
    found = known(browser.open("/app"))
    assert (found["session"], "is blocked" in found["problem"]) == (None, True)
