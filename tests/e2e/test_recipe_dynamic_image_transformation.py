"""The script of docs/recipes/dynamic-image-transformation: old URLs, and their images from this service."""

import json
import os
import subprocess
import sys
from base64 import b64encode, urlsafe_b64encode

import httpx2

from tests.e2e.conftest import PICTURE_KEY, URL_KEY, URL_SALT
from tests.e2e.recipes import FOLDER
from tests.pictures import open_image

SCRIPT = FOLDER / "dynamic-image-transformation" / "addresses.py"


def run_script(server: str, *addresses: str) -> subprocess.CompletedProcess[str]:
    known = {"IMGOPT_SERVER": server, "IMGOPT_URL_KEYS": URL_KEY, "IMGOPT_URL_SALTS": URL_SALT}
    return subprocess.run(
        [sys.executable, str(SCRIPT)],
        input="\n".join(addresses),
        env={**os.environ, **known},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_addresses_lead_to_their_images_here(cloud, picture_bucket):
    resized = {"bucket": picture_bucket, "key": PICTURE_KEY, "edits": {"resize": {"width": 20, "height": 20}}}
    turned = {**resized, "edits": {"rotate": 90}, "outputFormat": "webp"}
    old = [
        f"https://d1.cloudfront.example/{b64encode(json.dumps(resized).encode()).decode()}",
        f"/{urlsafe_b64encode(json.dumps(turned).encode()).decode().rstrip('=')}?signature=0a1b",
    ]
    done = run_script(cloud.url, *old)
    assert (done.returncode, done.stderr) == (0, "")
    pairs = [line.split("\t") for line in done.stdout.splitlines()]
    assert [before for before, _ in pairs] == old
    answers = [httpx2.get(after, timeout=60, trust_env=False).raise_for_status().content for _, after in pairs]
    images = [open_image(answer) for answer in answers]
    assert [(image.format, image.size) for image in images] == [("PNG", (20, 20)), ("WEBP", (32, 48))]


def test_missing_edit_is_told(cloud):
    edits = {"smartCrop": True, "resize": {"width": 20}}
    asked = b64encode(json.dumps({"bucket": "b", "key": "a.jpg", "edits": edits}).encode()).decode()
    done = run_script(cloud.url, asked, "/fit-in/300x200/a.jpg")
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.splitlines() == [
        f"{asked}: not available here: smartCrop",
        "/fit-in/300x200/a.jpg: no address with a bucket, a key and edits in base64",
    ]
