"""Device login, with a program, a browser without scripts and mouse, and an issuer."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import httpx2
import pytest

from imgopt.accounts import api_keys, repository
from imgopt.accounts.model import User
from imgopt.clock import now
from imgopt.devices import service as devices
from imgopt.errors import Conflict
from local import accounts
from local.cloud import ROOT, Cloud
from tests.e2e.auditing import at_once
from tests.e2e.chromium import PROGRAM, Pipe, Tab
from tests.e2e.conftest import connect

PASSWORD = "Correct-horse-9"
ASKS, APPROVED, DENIED = "Approve this device?", "Device approved", "Device denied"
SIGN_IN, CODE, ACCOUNT = "Sign in", "Enter a code", "Your account"
TOGETHER = 20
# WCAG 2.2: 1.4.10 and 1.4.3.
NARROWEST, LEAST_CONTRAST = 320, 4.5
KEY = "document.querySelector('#key').textContent"
COLORS = """
[...document.querySelectorAll('body *')].filter(element =>
  [...element.childNodes].some(node => node.nodeType == 3 && node.textContent.trim())
).map(element => {
  let behind = element;
  while (behind.parentElement && getComputedStyle(behind).backgroundColor == 'rgba(0, 0, 0, 0)')
    behind = behind.parentElement;
  return [getComputedStyle(element).color, getComputedStyle(behind).backgroundColor];
})
"""

needs_chromium = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium")


@pytest.fixture
def api(cloud: Cloud) -> Iterator[httpx2.Client]:
    with connect(cloud.url) as client:
        yield client


@pytest.fixture(scope="module")
def email(cloud: Cloud) -> str:
    accounts.sign_up(cloud.deployment.outputs, cloud.session, "grace@example.com", PASSWORD)
    return "grace@example.com"


@pytest.fixture(scope="module")
def newcomer(cloud: Cloud) -> str:
    """Signed up by the command."""
    done = sign_up(cloud, "linus@example.com")
    assert (done.returncode, "can now sign in" in done.stderr) == (0, True)
    return "linus@example.com"


def sign_up(cloud: Cloud, email: str, password: str = PASSWORD) -> subprocess.CompletedProcess:
    command = [sys.executable, "-m", "local.sign_up", email]
    environment = {**os.environ, "IMGOPT_LOCAL_FOLDER": str(cloud.emulator.log.parent)}
    return subprocess.run(
        command, cwd=ROOT, env=environment, input=f"{password}\n", capture_output=True, text=True, check=False
    )


@pytest.fixture
def tab(chromium: Pipe) -> Iterator[Tab]:
    tab = Tab(chromium)
    yield tab
    tab.close()


@pytest.fixture
def sign_in(tab: Tab, email: str):
    """Signs in: from the page that requires it, through the issuer's page, to the page that was requested."""

    def go(heading: str, email: str = email) -> None:
        tab.focus("Sign in")
        tab.enter(SIGN_IN)
        tab.focus("Username")
        tab.type(email)
        tab.focus("Password")
        tab.type(PASSWORD)
        tab.enter(heading)

    return go


def ask(api: httpx2.Client) -> dict:
    return api.post("/mcp/auth/device-code").raise_for_status().json()


def poll(api: httpx2.Client, grant: dict) -> dict:
    return api.get("/mcp/auth/token", params={"device_code": grant["device_code"]}).raise_for_status().json()


def status(api: httpx2.Client, token: str) -> dict:
    return api.get("/mcp/auth/status", headers={"Authorization": f"Bearer {token}"}).raise_for_status().json()


@needs_chromium
def test_a_person_lets_a_device_in_and_shows_it_out_again(cloud, api, tab, sign_in, email):
    grant = ask(api)
    tab.open(f"{grant['verify_url']}?code={grant['user_code']}", SIGN_IN)
    sign_in(ASKS)
    assert grant["user_code"] in tab.read("document.body.innerText")
    assert poll(api, grant) == {"status": "pending"}
    tab.focus("Approve")
    tab.enter(APPROVED)
    answer = poll(api, grant)
    token = answer["mcp_token"]
    assert (answer["user"]["email"], answer["user"]["tier"]) == (email, "free")
    assert poll(api, grant) == {"status": "approved"}
    assert status(api, token)["logged_in"] is True
    assert api.post("/mcp/auth/revoke", headers={"Authorization": f"Bearer {token}"}).json() == {"success": True}
    assert status(api, token)["logged_in"] is False
    log = cloud.server.log.read_text()
    assert not [each for each in (grant["device_code"], grant["user_code"], token, email) if each in log]


@needs_chromium
def test_user_who_has_signed_up_signs_in(api, tab, sign_in, newcomer):
    tab.open(ask(api)["verify_url"], SIGN_IN)
    sign_in(CODE, newcomer)
    assert newcomer in tab.read("document.body.innerText")


def test_sign_up_is_refused_with_a_weak_password_and_harmless_when_repeated(cloud, newcomer):
    again, weak = sign_up(cloud, newcomer, "Another-horse-9"), sign_up(cloud, "weak@example.com", "weak")
    assert (again.returncode, "already exists" in again.stderr) == (0, True)
    assert (weak.returncode, "Password" in weak.stderr, "Traceback" in weak.stderr) == (1, True, False)


@needs_chromium
def test_a_person_types_a_code_and_denies_it(api, tab, sign_in):
    grant = ask(api)
    tab.open(grant["verify_url"], SIGN_IN)
    sign_in(CODE)
    tab.focus("Code")
    tab.type("tini 2222 2222")
    tab.enter(CODE)
    assert "There is no such code. Check that it is typed as shown." in tab.read("document.body.innerText")
    tab.open(f"{grant['verify_url']}?code={grant['user_code'].lower()}", ASKS)
    tab.focus("Deny")
    tab.enter(DENIED)
    assert poll(api, grant) == {"status": "denied"}
    tab.focus("Enter another code")
    tab.enter(CODE)
    tab.wait_for_focus("Code")


@needs_chromium
def test_a_person_signs_out(api, tab, sign_in):
    page = f"{ask(api)['verify_url']}?code="
    tab.open(page, SIGN_IN)
    sign_in(CODE)
    tab.focus("Sign out")
    tab.enter(SIGN_IN)
    tab.open(page, SIGN_IN)


@needs_chromium
def test_a_person_makes_a_key_and_revokes_it(cloud, api, tab, sign_in):
    tab.open(f"{cloud.url}/mcp/account", SIGN_IN)
    sign_in(ACCOUNT)
    tab.focus("Name of a new key")
    tab.type("A server")
    tab.focus("Create the key")
    tab.enter("Your new API key")
    bearer = {"Authorization": f"Bearer {tab.read(KEY)}"}
    assert api.get("/api-keys/verify", headers=bearer).json()["tier"] == "free"
    tab.focus("Done")
    tab.enter(ACCOUNT)
    assert tab.read("document.documentElement.scrollWidth <= innerWidth")
    tab.focus("Revoke A server")
    tab.enter(ACCOUNT)
    assert api.get("/api-keys/verify", headers=bearer).status_code == 401


@needs_chromium
def test_a_screen_reader_finds_its_way(api, tab, sign_in):
    grant = ask(api)
    tab.open(f"{grant['verify_url']}?code={grant['user_code']}", SIGN_IN)
    sign_in(ASKS)
    found = tab.roles()
    assert (len(found["banner"]), len(found["main"]), found["heading"]) == (1, 1, [ASKS])
    assert found["button"] == ["Sign out", "Approve", "Deny"]
    assert found["term"] == ["Code", "Requested", "Address", "Program"]
    assert found["RootWebArea"][0].startswith(ASKS)
    tab.open(f"{grant['verify_url']}?code=unknown", CODE)
    assert (tab.roles()["textbox"], len(tab.roles()["alert"])) == (["Code"], 1)


@needs_chromium
@pytest.mark.parametrize("is_dark", [False, True], ids=["light", "dark"])
def test_the_page_can_be_read_on_narrow_screens_and_by_day_and_night(api, tab, sign_in, is_dark):
    grant = ask(api)
    tab.look(NARROWEST, is_dark=is_dark)
    tab.open(f"{grant['verify_url']}?code={grant['user_code']}", SIGN_IN)
    sign_in(ASKS)
    for page in (f"?code={grant['user_code']}", "?code=unknown"):
        tab.open(grant["verify_url"] + page, ASKS if page.startswith("?code=TINI") else CODE)
        assert tab.read("document.documentElement.scrollWidth") <= NARROWEST
        pairs = tab.read(COLORS)
        assert len(pairs) > 5
        assert min(contrast(*pair) for pair in pairs) >= LEAST_CONTRAST


@needs_chromium
def test_the_command_line_program_logs_in_and_out(cloud, tab, sign_in, email, tmp_path):
    login = imgopt(cloud, tmp_path, "login")
    shown = login.stdout.readline() + login.stdout.readline()
    tab.open(re.search(r"http\S+", shown)[0], SIGN_IN)
    sign_in(ASKS)
    tab.focus("Approve")
    tab.enter(APPROVED)
    rest, _ = login.communicate(timeout=60)
    assert f"Logged in at {cloud.url} as {email}." in rest
    told, _ = imgopt(cloud, tmp_path, "status").communicate(timeout=60)
    assert email in told
    assert "free" in told
    assert "Logged out" in imgopt(cloud, tmp_path, "logout").communicate(timeout=60)[0]
    assert "a guest" in imgopt(cloud, tmp_path, "status").communicate(timeout=60)[0]


def imgopt(cloud: Cloud, folder, command: str) -> subprocess.Popen:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder), "IMGOPT_API_KEY": ""}
    arguments = [sys.executable, "-m", "imgopt_client", command, "--server", cloud.url]
    return subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.fixture
def user(storage: None, monkeypatch) -> User:
    monkeypatch.setenv("IMGOPT_OIDC_ISSUER", "https://issuer.example")
    devices.settings.cache_clear()
    return repository.add_user(User("user-of-tests", None, now()))


def test_token_is_given_to_a_single_one_of_concurrent_polls(user):
    code, secret = devices.request_code()
    devices.approve(code.user_code, user.id)
    grants = at_once(*[lambda: devices.poll(secret)] * TOGETHER)
    assert {grant.answer for grant in grants} == {"approved"}
    assert sum(grant.token is not None for grant in grants) == 1


def test_concurrent_decisions_end_in_a_single_one(user):
    code, secret = devices.request_code()

    def decide(number: int) -> str | None:
        path = devices.approve if number % 2 else devices.deny
        try:
            path(code.user_code, user.id)
        except Conflict:
            return None
        return "approved" if number % 2 else "denied"

    believed = set(at_once(*[partial(decide, number) for number in range(TOGETHER)])) - {None}
    assert believed == {devices.poll(secret).answer.value}


def test_keys_that_are_made_at_once_are_not_more_than_allowed(user, monkeypatch):
    monkeypatch.setenv("IMGOPT_API_KEYS_PER_USER", "3")
    devices.settings.cache_clear()

    def make(number: int) -> bool:
        try:
            api_keys.create(user.id, str(number))
        except Conflict:
            return False
        return True

    made = sum(at_once(*[partial(make, number) for number in range(TOGETHER)]))
    assert made == len(api_keys.find_all(user.id)) == 3


def contrast(text: str, back: str) -> float:
    """Between 1 and 21, as WCAG 2.2 defines it."""
    lighter, darker = sorted((luminance(text), luminance(back)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(color: str) -> float:
    parts = [int(part) / 255 for part in re.findall(r"\d+", color)[:3]]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
