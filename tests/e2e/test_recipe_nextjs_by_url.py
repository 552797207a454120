"""The files of docs/recipes/nextjs-by-url that make URLs, run by node: the service answers the images."""

import json
import os
import shutil
import subprocess

import httpx2
import pytest

from cdk.node import NODE
from tests.e2e.conftest import UNSIGNED_WIDTHS, URL_KEY, URL_SALT
from tests.e2e.recipes import FOLDER
from tests.pictures import open_image

ADDRESSES = """
const { default: unsigned } = await import(`${process.cwd()}/image-loader.js`);
const { default: signed } = await import(`${process.cwd()}/signed-address.mjs`);
const { default: widths } = await import(`${process.cwd()}/image-widths.mjs`);
const [src] = process.argv.slice(1);
console.log(JSON.stringify({
  widths,
  loaded: [100, 640, 5000].map((width) => unsigned({ src, width })),
  signed: signed(src, "rs:fill:200:100", undefined),
}));
"""


@pytest.fixture(scope="module")
def made(cloud, website, tmp_path_factory) -> dict:
    """Returns the URLs that a project with the recipe's files makes of a sample's URL."""
    folder = tmp_path_factory.mktemp("next")
    shutil.copytree(FOLDER / "nextjs-by-url", folder, dirs_exist_ok=True)
    (folder / "package.json").write_text('{"type": "module"}')
    known = {"NEXT_PUBLIC_IMGOPT_SERVER": cloud.url, "IMGOPT_URL_KEY": URL_KEY, "IMGOPT_URL_SALT": URL_SALT}
    command = [NODE, "--input-type=module", "-e", ADDRESSES, f"http://{website.host}/samples/landscape.jpg"]
    environment = {**os.environ, **known}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


def size_at(address: str) -> tuple[int, int]:
    return open_image(httpx2.get(address, timeout=60, trust_env=False).raise_for_status().content).size


def test_loader_names_presets_that_need_no_signature(made):
    assert tuple(made["widths"]) == UNSIGNED_WIDTHS
    assert [address.split("/")[5] for address in made["loaded"]] == ["pr:w320", "pr:w640", "pr:w1920"]
    assert size_at(made["loaded"][0]) == (320, 213)
    assert httpx2.get(made["loaded"][0].replace("pr:w320", "w:321"), trust_env=False).status_code == 403


def test_server_signs_any_options(made):
    assert size_at(made["signed"]) == (200, 100)
