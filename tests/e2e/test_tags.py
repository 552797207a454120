"""Tags through the whole system, by networks on this machine and by a model behind Bedrock's API."""

import json
from collections.abc import Iterator

import pytest
from PIL import Image

from imgopt.storage import clients
from imgopt.tagging.bedrock_tagger import BedrockTagger
from imgopt.tagging.model import Briefing, TaggingFailed
from local.emulator.access import EmulatorAccess
from tests import pictures
from tests.e2e.bedrock_model import Model
from tests.e2e.conftest import use

SAID = {"alt_text": "A red kite over a beach.", "keywords": ["kite", "beach", "sky"], "slug": "red-kite-over-a-beach"}
# Either way into the service leads to the same state machine (test_images.py).
by_uvicorn = pytest.mark.parametrize("client", ["uvicorn"], indirect=True)


@by_uvicorn
def test_a_picture_gets_tags(process):
    job = process(pictures.encode(Image.new("RGB", (64, 64), "red"), "PNG"), output_seo_tag_gen=True)
    assert (job["status"], job["executed_tag"], job["words_by"]) == ("completed", True, "offline")
    assert "red" in job["seo_alt_text"].lower()
    assert 3 <= len(job["seo_keywords"]) <= 10
    assert job["processed_filename"] == "hero.tinified.png"


@by_uvicorn
def test_a_result_is_named_by_its_tags(client, process):
    job = process(pictures.encode(Image.new("RGB", (64, 64), "red"), "PNG"), output_seo_rename=True)
    name = job["processed_filename"]
    assert name == f"{job['seo_filename']}.png"
    disposition = client.get(f"/download/{job['id']}").headers["content-disposition"]
    assert disposition == f'attachment; filename="{name}"'


@by_uvicorn
def test_a_picture_that_nothing_can_be_said_of_is_optimized_without_tags(process):
    noise = Image.effect_noise((96, 96), 120)
    job = process(pictures.encode(noise, "PNG"), output_seo_tag_gen=True, output_seo_rename=True)
    assert (job["status"], job["executed_tag"], job["seo_alt_text"]) == ("completed", False, None)
    assert pictures.without_missing_scorer(job["warning"]).startswith("No tags: ")
    assert job["credits_used"] == 3  # without the one for tags
    assert job["processed_filename"] == "hero.tinified.png"


@pytest.fixture
def model(bedrock: Model, emulator: EmulatorAccess, monkeypatch: pytest.MonkeyPatch) -> Iterator[Model]:
    """Behind an emulator of Bedrock, which is the one that this process speaks with."""
    use(emulator, monkeypatch)
    clients.bedrock.cache_clear()
    yield bedrock
    clients.bedrock.cache_clear()


def fill_in(arguments: str) -> dict:
    call = {"id": "1", "type": "function", "function": {"name": "describe_image", "arguments": arguments}}
    return {"role": "assistant", "content": None, "tool_calls": [call]}


TAGGER = BedrockTagger("us.amazon.nova-lite-v1:0", "us-east-1", "Describe.", 500)


def test_a_model_fills_in_the_form(model):
    model.message = fill_in(json.dumps(SAID))
    words = TAGGER.tag(pictures.draw(), Briefing())
    assert (words.alt_text, words.keywords, words.slug) == (
        "A red kite over a beach.",
        ("kite", "beach", "sky"),
        "red-kite-over-a-beach",
    )
    assert (words.usage.input_tokens, words.usage.output_tokens) == (1200, 60)
    (tool,) = model.asked[-1]["tools"]
    assert tool["function"]["parameters"]["required"] == ["alt_text", "keywords", "slug"]


def test_a_model_that_answers_in_words_of_its_own_gives_none(model):
    model.message = {"role": "assistant", "content": "I'm sorry, but I can't help with that."}
    with pytest.raises(TaggingFailed):
        TAGGER.tag(pictures.draw(), Briefing())
