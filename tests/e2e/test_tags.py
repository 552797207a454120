"""Tags through the whole system, by networks on this machine and by a model behind Bedrock's API."""

import json
import sys
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest
from PIL import Image

from imgopt.storage import clients
from imgopt.tagging.bedrock_tagger import BedrockTagger
from imgopt.tagging.model import Briefing, TaggingFailed
from local.cloud import emulator_environment, own_names
from local.emulator.access import EmulatorAccess
from local.emulator.keys import new_access_key
from local.processes import Child, listen
from tests import pictures
from tests.e2e.conftest import forget_key

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


class Model(ThreadingHTTPServer):
    """A model's server as OpenAI's API has it; answers by `message` and keeps what it was asked."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Chat)
        self.asked: list[dict] = []
        self.message: dict = {}


class Chat(BaseHTTPRequestHandler):
    server: Model

    def do_POST(self) -> None:
        self.server.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        usage = {"prompt_tokens": 1200, "completion_tokens": 60}
        body = json.dumps({"choices": [{"message": self.server.message, "finish_reason": "stop"}], "usage": usage})
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *_: object) -> None:
        """Prints nothing."""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Model]:
    """Behind an emulator of Bedrock, which is the one that this process speaks with."""
    folder = tmp_path_factory.mktemp("bedrock")
    with Model() as server, pytest.MonkeyPatch.context() as patch, listen() as gate:
        access = EmulatorAccess(f"http://127.0.0.1:{gate.getsockname()[1]}", new_access_key())
        Thread(target=server.serve_forever, daemon=True).start()
        proxy = {"MINISTACK_BEDROCK_PROXY_URL": f"http://127.0.0.1:{server.server_port}"}
        environment = {**emulator_environment(gate, access, folder, keep=False), **own_names(0), **proxy}
        for name, value in access.environment.items():
            patch.setenv(name, value)
        forget_key(patch)
        clients.bedrock.cache_clear()
        emulator = Child("emulator", [sys.executable, "-m", "local.emulator"], environment, folder / "log", 1)
        emulator.sockets = (gate,)
        with emulator:
            emulator.wait_until(access.answers, 60)
            yield server
        server.shutdown()
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
