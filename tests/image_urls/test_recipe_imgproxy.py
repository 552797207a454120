"""docs/recipes/imgproxy/settings.py: settings of an imgproxy, and URLs that its clients have made for it."""

import importlib.util
import re
from pathlib import Path

import pytest

from imgopt.errors import ImgoptError
from imgopt.image_urls import configuration
from imgopt.settings import settings
from tests.image_urls.test_published_clients import ALIASED, REFUSED, STATUS, TAKEN, name_of

RECIPES = Path(__file__).parents[2] / "docs" / "recipes"
NAMED = re.findall(r"^\| `IMGPROXY_(\w+)`", (RECIPES / "imgproxy.md").read_text(), re.MULTILINE)
SIGNED = [each for each in (*TAKEN, *ALIASED) if each["key_hex"]]


def load_script():
    spec = importlib.util.spec_from_file_location("imgproxy_settings", RECIPES / "imgproxy" / "settings.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


script = load_script()


def environment_for(address: dict) -> dict[str, str]:
    """Returns the environment of the imgproxy for which an address was made."""
    needs = address.get("needs", {})
    separator = needs.get("arguments_separator", ":")
    base = {} if "://" in address.get("source", "://") else {"IMGPROXY_BASE_URL": "https://base.example/"}
    return base | {
        "IMGPROXY_KEY": address["key_hex"],
        "IMGPROXY_SALT": address["salt_hex"],
        "IMGPROXY_SIGNATURE_SIZE": str(needs.get("signature_size", 32)),
        "IMGPROXY_ARGUMENTS_SEPARATOR": separator,
        "IMGPROXY_ONLY_PRESETS": str(needs.get("only_presets", False)).lower(),
        "IMGPROXY_BASE64_URL_INCLUDES_FILENAME": str(needs.get("base64_url_includes_filename", False)).lower(),
        "IMGPROXY_PRESETS": ",".join(f"{name}=w{separator}9" for name in needs.get("presets", ())),
        "IMGPROXY_QUALITY": "75",
    }


def read_address(address: dict, monkeypatch: pytest.MonkeyPatch):
    for name, value in script.convert(environment_for(address)).items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    return configuration.read_image_url(address["path"])


@pytest.mark.parametrize("address", SIGNED, ids=name_of)
def test_an_address_is_taken_with_settings_that_were_converted(address, environment, monkeypatch):
    asked = read_address(address, monkeypatch)
    assert asked.source.endswith(address.get("source", ""))


@pytest.mark.parametrize("address", [each for each in REFUSED if each["key_hex"]], ids=name_of)
def test_an_address_that_was_refused_is_refused(address, environment, monkeypatch):
    with pytest.raises(ImgoptError) as refused:
        read_address(address, monkeypatch)
    assert STATUS[type(refused.value)] == address["status"]


def test_settings_are_converted():
    given = script.read_lines(
        """
        # of a website
        IMGPROXY_ALLOWED_SOURCES="s3://media/,https://*.example.com/"
        IMGPROXY_USE_S3=true
        export IMGPROXY_AUTO_WEBP=1
        IMGPROXY_ENABLE_AVIF_DETECTION=false
        IMGPROXY_MAX_SRC_RESOLUTION=16.8
        IMGPROXY_QUALITY=70
        IMGPROXY_STRIP_METADATA=false
        IMGPROXY_PRESETS='default=rt:fill,thumb=w:300/h:300'
        IMGPROXY_WORKERS=8
        """.splitlines()
    )
    assert script.convert(given) == {
        "IMGOPT_URL_ALLOWED_SOURCES": "s3://media/,https://*.example.com/",
        "IMGOPT_URL_BUCKETS": "media",
        "IMGOPT_URL_AUTO_FORMATS": "webp",
        "IMGOPT_URL_MAX_SOURCE_PIXELS": "16800000",
        "IMGOPT_PRESETS": "thumb=w:300/h:300,default=sm:0/fq:jpg:70:webp:79:avif:63:jxl:77/rt:fill",
    }
    assert script.left_out(given) == ["IMGPROXY_WORKERS"]


def test_fallback_image_without_a_time_is_kept_like_any_other():
    assert script.convert({"IMGPROXY_FALLBACK_IMAGE_TTL": "0", "IMGPROXY_TTL": "60"}) == {
        "IMGOPT_URL_AUTO_FORMATS": "",
        "IMGOPT_URL_FALLBACK_SECONDS": "60",
        "IMGOPT_URL_TTL": "60",
    }


def test_names_are_those_of_settings_that_there_are():
    assert [name for name in script.NAMES.values() if name.lower() not in type(settings()).model_fields] == []


def test_page_has_every_name_that_is_converted():
    assert [name for name in (*script.NAMES, *script.DEFAULTS) if name not in NAMED] == []
