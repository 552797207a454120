"""docs/recipes/rails.md: the helper, run by Ruby, and the forms of URLs that imgproxy's gem makes."""

import os
import shutil
import subprocess
from base64 import urlsafe_b64encode
from textwrap import wrap
from urllib.parse import quote

import httpx2
import pytest

from imgopt.image_urls.signatures import sign
from tests.e2e.conftest import URL_KEY, URL_SALT
from tests.e2e.recipes import FOLDER
from tests.pictures import open_image

HELPER = FOLDER / "rails" / "image_urls_helper.rb"
ASK = "include ImageUrlsHelper; puts signed_image_url(ARGV[0], 'rs:fill:300:200', 'q:70')"


@pytest.fixture
def sample(website) -> str:
    return f"http://{website.host}/samples/landscape.jpg"


def size_at(address: str) -> tuple[int, int]:
    return open_image(httpx2.get(address, timeout=60, trust_env=False).raise_for_status().content).size


@pytest.mark.skipif(shutil.which("ruby") is None, reason="runs ruby")
def test_address_of_the_helper_has_its_image(cloud, sample):
    known = {"IMGOPT_SERVER": cloud.url, "IMGOPT_URL_KEYS": f"{URL_KEY},00", "IMGOPT_URL_SALTS": f"{URL_SALT},00"}
    command = ["ruby", "-r", str(HELPER), "-e", ASK, sample]
    done = subprocess.run(command, env={**os.environ, **known}, capture_output=True, text=True, timeout=60, check=True)
    assert size_at(done.stdout.strip()) == (300, 200)


@pytest.mark.parametrize("form", ["plain", "escaped", "base64"])
def test_addresses_as_the_gem_writes_them(cloud, sample, form):
    written = {
        "plain": f"plain/{sample}@webp",
        "escaped": f"plain/{quote(sample, safe='')}@webp",
        "base64": "/".join(wrap(urlsafe_b64encode(sample.encode()).decode().rstrip("="), 16)) + ".webp",
    }
    path = f"/rs:fill:250:250/{written[form]}"
    signature = sign(path, bytes.fromhex(URL_KEY), bytes.fromhex(URL_SALT))
    assert size_at(f"{cloud.url}/img/{signature}{path}") == (250, 250)
