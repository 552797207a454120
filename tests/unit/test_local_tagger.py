"""The tagger of `make up`, and the choices that are refused."""

from types import SimpleNamespace

import pytest

from imgopt.settings import settings
from local import cloud
from local.tagger import PROXY, TAGGER, check_tagger

URL = "http://127.0.0.1:11434"
pytestmark = pytest.mark.usefixtures("environment")


def test_images_are_tagged_offline_unless_the_environment_says_otherwise(monkeypatch):
    access = SimpleNamespace(environment={})
    monkeypatch.delenv(TAGGER, raising=False)
    assert cloud.base_environment(access)[TAGGER] == "offline"
    monkeypatch.setenv(TAGGER, "openai")
    assert cloud.base_environment(access)[TAGGER] == "openai"


def test_a_proxy_of_bedrock_that_loses_the_image_is_refused():
    with pytest.raises(RuntimeError, match=r"without their image.* IMGOPT_TAGGER=openai"):
        check_tagger({TAGGER: "bedrock", PROXY: URL})


@pytest.mark.parametrize("known", [{}, {PROXY: URL}, {TAGGER: "bedrock"}, {TAGGER: "offline", PROXY: URL}])
def test_a_proxy_that_nobody_asks_is_left_alone(known):
    check_tagger(known)


def test_a_vision_model_needs_an_address_and_a_name(monkeypatch):
    monkeypatch.setenv(TAGGER, "openai")
    monkeypatch.setenv("IMGOPT_OPENAI_BASE_URL", f"{URL}/v1")
    settings.cache_clear()
    with pytest.raises(RuntimeError, match="IMGOPT_OPENAI_MODEL"):
        check_tagger({TAGGER: "openai"})
    monkeypatch.setenv("IMGOPT_OPENAI_MODEL", "eyes")
    check_tagger({TAGGER: "openai"})
