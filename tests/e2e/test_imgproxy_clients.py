"""Published clients of imgproxy, for Node and Python: their URLs answer images over HTTP."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import httpx2
import pytest
from imgproxy import ImgProxy as PlainBuilder
from pyimgproxy import ImgProxy

from cdk.node import NODE, install
from tests.e2e.conftest import PICTURE_KEY, URL_KEY, URL_SALT
from tests.pictures import open_image

FOLDER = Path(__file__).with_name("imgproxy")
SIGNED = {"key": URL_KEY, "salt": URL_SALT}
YELLOW = (255, 204, 0)

Look = Callable[[str], tuple[str, tuple[int, int]]]


@pytest.fixture(scope="module")
def photo(website) -> str:
    return f"http://{website.host}/photo.jpg"


@pytest.fixture(scope="module")
def drawing(picture_bucket) -> str:
    return f"s3://{picture_bucket}/{PICTURE_KEY}"


@pytest.fixture(scope="module")
def endpoint(cloud) -> str:
    return f"{cloud.url}/img"


def image_at(address: str):
    return open_image(httpx2.get(address, timeout=60, trust_env=False).raise_for_status().content)


@pytest.fixture(scope="module")
def look() -> Look:
    """Format and size of what is at an address."""

    def get(address: str) -> tuple[str, tuple[int, int]]:
        image = image_at(address)
        return str(image.format), image.size

    return get


@pytest.fixture(scope="module")
def npm_addresses(endpoint, photo, drawing) -> dict[str, str]:
    try:
        modules = install(FOLDER)
    except subprocess.CalledProcessError:
        pytest.skip("the npm registry is not reachable")
    arguments = [str(modules.parent / "index.js"), endpoint, photo, drawing, URL_KEY, URL_SALT]
    command = [NODE, str(FOLDER / "run.mjs"), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True)
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("client", "kind", "size"),
    [
        ("imgproxy-node: filled", "WEBP", (20, 20)),
        ("imgproxy-node: plain", "JPEG", (24, 16)),
        ("imgproxy-node: bucket", "AVIF", (30, 30)),
        ("imgproxy: filled", "PNG", (30, 20)),
        ("url-builder: padded", "JPEG", (30, 20)),
        ("url-builder: bucket", "PNG", (12, 8)),
    ],
)
def test_clients_of_npm(npm_addresses, look, client, kind, size):
    assert look(npm_addresses[client]) == (kind, size)


def test_address_of_a_client_with_another_character_is_refused(npm_addresses):
    address = npm_addresses["imgproxy-node: filled"].replace("w:20", "w:21")
    answer = httpx2.get(address, trust_env=False)
    assert (answer.status_code, answer.headers.get("cache-control")) == (403, "no-store")


def test_pyimgproxy(endpoint, photo, drawing, look):
    client = ImgProxy(endpoint, **SIGNED)
    assert look(client.image(photo).resize("fill", 20, 24, enlarge=True).gravity("sm").format("webp").url) == (
        "WEBP",
        (20, 24),
    )
    flat = image_at(client.image(drawing).padding(2).background(hex_color="ffcc00").url)
    assert (flat.format, flat.size, flat.convert("RGB").getpixel((51, 35))) == ("PNG", (52, 36), YELLOW)


def test_imgproxy_of_pypi(endpoint, photo, drawing, look):
    build = PlainBuilder.factory(proxy_host=endpoint, **SIGNED)
    assert look(build(photo, width=24, height=24, resizing_type="fill", extension="avif")()) == ("AVIF", (24, 24))
    assert look(build(drawing, "q:60", "dpr:2", width=12)()) == ("PNG", (24, 16))


def test_imgproxykit(endpoint, photo, drawing, look):
    kit = pytest.importorskip("imgproxykit", reason="needs Python 3.12")
    client = kit.Client(endpoint, **SIGNED)
    small = kit.Transform(kit.options.Resize(width=16, height=16, mode="fill"), quality=80, format="webp")
    assert look(client.url(source=photo, transform=small)) == ("WEBP", (16, 16))
    assert look(client.url(source=drawing, transform=small)) == ("WEBP", (16, 16))
