"""The page for images in one browser, used as by people. Each test has a separate tab."""

import json
from collections.abc import Iterator
from pathlib import Path
from subprocess import CalledProcessError
from urllib.parse import urlsplit
from zipfile import ZipFile

import pytest

from cdk.node import install
from local import accounts
from local.cloud import Cloud
from local.demo_limits import HIGH_LIMIT
from tests import pictures
from tests.e2e.chromium import PROGRAM, Pipe
from tests.e2e.conftest import wait_until
from tests.e2e.scripted_tab import ScriptedTab

pytestmark = pytest.mark.skipif(PROGRAM is None, reason="there is no Chromium")
PASSWORD = "Correct-horse-9"
# WCAG 2.2: 1.4.10.
WIDE, NARROW, NARROWEST = 1280, 390, 320
# Pixels that two of them, one below the other, have at least.
TWO_BUTTONS = 80
SERIOUS = ("serious", "critical")
# Of an animation that costs more than a user has in a day.
FRAMES = 20
AXE_FOLDER = Path(__file__).with_name("axe")
SUBMIT, PRICE, NOTICE = ".submit .main", ".price strong", ".notice.is-error p"
READY, REFUSED, DONE = ".is-ready", ".is-refused", ".is-completed .thumbnail img"


@pytest.fixture
def tab(chromium: Pipe, cloud: Cloud) -> Iterator[ScriptedTab]:
    tab = ScriptedTab(chromium)
    tab.look(WIDE, is_dark=False)
    tab.visit(f"{cloud.url}/app")
    tab.count(".dropzone", 1)
    yield tab
    tab.close()


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    return write(tmp_path, {"a.jpg": pictures.jpeg(), "b.png": pictures.png(), "c.webp": pictures.webp()})


def write(folder: Path, files: dict[str, bytes]) -> list[Path]:
    paths = [folder / name for name in files]
    for path in paths:
        path.write_bytes(files[path.name])
    return paths


def optimize(tab: ScriptedTab, paths: list[Path]) -> None:
    tab.drop(paths)
    tab.count(READY, len(paths))
    tab.text(PRICE)
    tab.click(SUBMIT)
    tab.count(DONE, len(paths))


def test_images_are_dropped_followed_compared_and_downloaded(tab, cloud, images, tmp_path):
    tab.drop(images)
    tab.count(READY, 3)
    tab.says(PRICE, "9 credits")
    tab.click(SUBMIT)
    tab.count(DONE, 3)
    tab.says(".pill", f"{int(HIGH_LIMIT) - 9:,} credits")

    tab.press_enter_on(".is-completed .actions button")
    tab.count("compare-view .front img", 1)
    tab.evaluate("document.querySelector('compare-view input').value = 20")
    tab.evaluate("document.querySelector('compare-view input').dispatchEvent(new Event('input'))")
    assert tab.evaluate("document.querySelector('compare-view').style.getPropertyValue('--split')") == "20%"
    tab.pinch(".stage", 2)
    tab.wait_for("document.querySelector('compare-view').style.getPropertyValue('--zoom') == 2")
    tab.click("dialog .quiet")
    tab.count("dialog", 0)
    tab.wait_for_focus(f"Compare {tab.text('.is-completed .name')} before and after")

    tab.download_to(tmp_path)
    tab.click(".is-completed .actions .main")
    name = tab.text(".is-completed .name")
    assert wait_until(lambda: (tmp_path / name).is_file() and (tmp_path / name).stat().st_size)
    tab.click(".results .heading .main")
    archive = tmp_path / "images.zip"
    wait_until(archive.is_file)
    with ZipFile(archive) as opened:
        assert len(opened.namelist()) == 3
    assert tab.violations() == []
    assert {urlsplit(each).netloc for each in tab.loaded()} == {urlsplit(cloud.url).netloc}


def test_results_of_an_earlier_visit_are_there_with_their_originals(tab, images):
    optimize(tab, images[:1])
    tab.reload()
    tab.says(".results h3", "Earlier")
    tab.count(DONE, 1)
    tab.click(".is-completed .actions button")
    tab.count("compare-view .front img", 1)


def test_file_that_is_no_image_is_refused_as_the_api_says(tab, images, tmp_path):
    tab.drop([images[0], *write(tmp_path, {"notes.txt": b"no image"})])
    tab.count(READY, 1)
    tab.says(f"{REFUSED} .wrong", "Unsupported file type.")
    tab.says(SUBMIT, "Optimize 1 image")


def test_size_that_is_not_allowed_is_refused_as_the_api_says_and_stays_to_be_mended(tab, images):
    tab.drop(images[:1])
    tab.count(READY, 1)
    width = "document.querySelector('#width')"
    tab.evaluate(f"Object.assign({width}, {{value: '9000'}}).dispatchEvent(new Event('input'))")
    tab.says(".price", "output_width: ")
    assert tab.evaluate(f"{width}.value") == "9000"


def test_lost_connection_is_told_and_loses_nothing(tab, images):
    tab.set_connected(False)
    tab.drop(images[:1])
    tab.count(".item.is-waiting", 1)
    tab.says(".notice", "No connection.")
    tab.set_connected(True)
    tab.count(READY, 1)
    tab.count(".notice", 0)
    tab.text(PRICE)
    tab.click(SUBMIT)
    tab.set_connected(False)
    tab.count(".notice", 1)
    tab.set_connected(True)
    tab.count(DONE, 1)


def sign_in(tab: ScriptedTab, cloud: Cloud, email: str) -> None:
    accounts.sign_up(cloud.deployment.outputs, cloud.session, email, PASSWORD)
    tab.click("header .button")
    tab.wait_for("!!document.querySelector('input[name=password]')")
    fields = json.dumps({"username": email, "password": PASSWORD})
    entered = f"Object.entries({fields}).forEach(([name, value]) => document.forms[0].elements[name].value = value)"
    tab.evaluate(f"{entered}, document.forms[0].requestSubmit()")
    tab.count(".dropzone", 1)


def test_user_signs_in_sees_what_was_used_and_signs_out(tab, cloud, images):
    sign_in(tab, cloud, "hedy@example.com")
    optimize(tab, images[:1])
    tab.click(".pill")
    tab.says("#account-title", "hedy@example.com")
    tab.count(".bars rect", 30)
    tab.says(".usage", "3 credits for 1 image")
    tab.click(".links button")
    tab.says("h1", "Sign in")
    tab.visit(f"{cloud.url}/app")
    tab.count("header .button", 1)


def test_user_without_enough_credits_is_told_before_and_by_the_api(tab, cloud, tmp_path):
    sign_in(tab, cloud, "emmy@example.com")
    tab.drop(write(tmp_path, {"long.gif": pictures.gif(FRAMES)}))
    tab.count(READY, 1)
    tab.says(".price", "only 50 left")
    tab.click(SUBMIT)
    tab.says(NOTICE, f"Insufficient credits. Need {3 * FRAMES}, have 50.")
    tab.count(READY, 1)


def test_language_and_settings_are_kept(tab, images):
    tab.drop(images[:1])
    tab.count(READY, 1)
    for selector, value in ((".language select", "de"), ("#format", "webp")):
        chosen = f"Object.assign(document.querySelector({selector!r}), {{value: {value!r}}})"
        tab.evaluate(f"{chosen}.dispatchEvent(new Event('change'))")
    tab.says(SUBMIT, "1 Bild optimieren")
    tab.look(NARROWEST, is_dark=False)
    assert tab.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")
    tab.press_enter_on(".item .quiet")  # a page with images that were not sent asks before it goes
    tab.count(".item", 0)
    tab.wait_for("document.activeElement.id == 'main'")
    tab.reload()
    tab.says("h1", "Kleinere Bilder. Gleicher Anblick.")
    assert tab.evaluate("document.documentElement.lang") == "de"
    assert tab.evaluate("JSON.parse(localStorage['imgopt.settings']).format") == "webp"


def test_buttons_of_a_row_stay_in_one_on_phones(tab, images):
    tab.look(NARROW, is_dark=False)
    optimize(tab, images[:1])
    for row in (".tools", ".is-completed .actions"):
        height = f"document.querySelector({row!r}).clientHeight"
        assert tab.wait_for(f"{height} && {height} < {TWO_BUTTONS}"), row


@pytest.fixture(scope="module")
def axe() -> str:
    """The program's text. All else that is tested needs no npm registry."""
    try:
        return (install(AXE_FOLDER) / "axe-core" / "axe.min.js").read_text()
    except CalledProcessError:
        pytest.skip("the npm registry is not reachable")


def faults(tab: ScriptedTab, axe: str) -> list[str]:
    """Returns what axe-core finds, in the light and dark scheme, on wide and narrow screens."""
    tab.evaluate(axe)
    found = []
    for width, is_dark in ((WIDE, False), (NARROW, True)):
        tab.look(width, is_dark=is_dark)
        result = tab.evaluate("axe.run({resultTypes: ['violations']})")
        found += [
            f"{each['id']} at {width}: {each['nodes'][0]['html']}"
            for each in result["violations"]
            if each["impact"] in SERIOUS
        ]
    return found


def test_axe_finds_nothing_serious(tab, axe, images, tmp_path):
    assert faults(tab, axe) == []
    optimize(tab, images[:2])
    tab.drop([images[2], *write(tmp_path, {"notes.txt": b"no image"})])
    tab.count(READY, 1)
    tab.text(PRICE)
    assert faults(tab, axe) == []
    tab.click(".is-completed .actions button")
    tab.count("compare-view .front img", 1)
    assert faults(tab, axe) == []
    tab.click("dialog .quiet")
    tab.click(".pill")
    tab.count("dialog.account", 1)
    assert faults(tab, axe) == []
