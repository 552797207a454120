"""docs/recipes/html.md, pasted unchanged except for addresses: the offered widths, and those that a browser loads."""

import re
import shutil
from html import unescape
from pathlib import Path

import httpx2
import pytest

from local.cloud import ROOT, Cloud
from tests.e2e.chromium import PROGRAM, browser, poll_browser
from tests.e2e.conftest import URL_KEY, URL_SALT
from tests.e2e.recipes import ADDRESS, run_shell, shell_blocks
from tests.pictures import open_image

WEBSITE = "http://127.0.0.1:8000"
KEYS = {"IMGOPT_URL_KEYS": f"{URL_KEY},{'00' * 16}", "IMGOPT_URL_SALTS": f"{URL_SALT},{'00' * 16}"}
OF_CHROMIUM = {"Accept": "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"}
SHOWN = "(image => image.complete && image.naturalWidth && image.currentSrc)(document.querySelector('img'))"

pytestmark = pytest.mark.skipif(not all(map(shutil.which, ("curl", "openssl", "bash"))), reason="runs curl and openssl")


@pytest.fixture(scope="module")
def folder(cloud: Cloud, website, tmp_path_factory) -> Path:
    """Returns the folder with the files that the code blocks have written."""
    folder = tmp_path_factory.mktemp("html")
    (folder / "docs").symlink_to(ROOT / "docs")
    script = "".join(shell_blocks("html.md")).replace(ADDRESS, cloud.url).replace(WEBSITE, f"http://{website.host}")
    done = run_shell(script, folder, **KEYS)
    assert (done.returncode, done.stderr) == (0, "")
    return folder


def test_each_width_of_the_script_is_there(folder):
    tag = unescape((folder / "image.html").read_text())
    offered = {int(width): address for address, width in re.findall(r"(http\S+) (\d+)w", tag)}
    assert list(offered) == [320, 640, 960, 1280, 1600]
    assert ' width="1600" height="1066" alt="Mountains">' in tag
    for width in (320, 1600):
        answer = httpx2.get(offered[width], headers=OF_CHROMIUM, timeout=60, trust_env=False)
        assert (answer.headers["content-type"], open_image(answer.content).width) == ("image/avif", width)


def test_the_shell_signs_as_the_script_does(folder):
    made = [open_image((folder / f"landscape-{width}.webp").read_bytes()) for width in (320, 640)]
    assert [(image.format, image.width) for image in made] == [("WEBP", 320), ("WEBP", 640)]


@pytest.mark.skipif(PROGRAM is None, reason="needs Chromium")
def test_browser_takes_the_width_that_fits(folder, tmp_path):
    page = folder / "page.html"
    page.write_text(f"<!doctype html><h1>Page</h1>{(folder / 'image.html').read_text()}")
    with browser(tmp_path) as tab:
        tab.look(500, is_dark=False)
        tab.open(page.as_uri(), "Page")
        assert "/q:70/w:640/" in poll_browser(lambda: tab.read(SHOWN), "the image is not shown")
