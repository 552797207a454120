"""docs/recipes/django/gallery.py with a published client of imgproxy: the service answers the images of its page."""

import os
import re
import subprocess
import sys

import httpx2
import pytest

from tests.e2e.conftest import URL_KEY, URL_SALT
from tests.e2e.recipes import FOLDER
from tests.pictures import open_image

ASK = """
import gallery, django
django.setup()
from django.test import Client
print(Client().get("/").content.decode())
"""


def test_images_of_the_page_are_there(cloud, website):
    pytest.importorskip("django", reason="needs Python 3.12")
    known = {"IMGOPT_SERVER": cloud.url, "IMGOPT_URL_KEYS": URL_KEY, "IMGOPT_URL_SALTS": URL_SALT}
    media = {"MEDIA": f"http://{website.host}/samples/", "PYTHONDONTWRITEBYTECODE": "1"}
    environment = {**os.environ, **known, **media}
    command = [sys.executable, "-c", ASK]
    done = subprocess.run(
        command, cwd=FOLDER / "django", env=environment, capture_output=True, text=True, timeout=60, check=True
    )
    addresses = re.findall(r'<img src="([^"]+)"', done.stdout)
    answers = [httpx2.get(each, timeout=60, trust_env=False).raise_for_status().content for each in addresses]
    images = [open_image(answer) for answer in answers]
    assert [(image.format, image.size) for image in images] == [("JPEG", (300, 200)), ("WEBP", (640, 400))]
