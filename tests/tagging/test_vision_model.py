"""Tags by a vision model behind OpenAI's API: a server on this machine, which refuses invalid requests."""

import json
import time
from collections.abc import Iterator

import pytest
from PIL import Image

from imgopt.errors import NotConfigured, Unavailable
from imgopt.settings import settings
from imgopt.storage import secrets
from imgopt.tagging import openai_client, openai_tagger
from imgopt.tagging.model import Briefing, ImageTags, MalformedOutput, TaggingFailed, Usage
from tests.scripted_server import serve
from tests.vision_server import KEY, MODEL, SAID, Reply, VisionServer, chat, filled_in, refusal, serving

PICTURE, LARGE = Image.new("RGB", (40, 30), "navy"), Image.new("RGB", (1600, 800), "navy")
LONG = "A dog that runs " + "and runs " * 20


@pytest.fixture(scope="module")
def shared() -> Iterator[VisionServer]:
    with serving(KEY) as server:
        yield server


@pytest.fixture
def server(shared, environment, monkeypatch) -> VisionServer:
    shared.asked, shared.headers, shared.pictures, shared.mistakes = [], [], [], []
    shared.replies, shared.refuses = [filled_in()], lambda _: None
    configure(monkeypatch, shared.url)
    monkeypatch.setattr(openai_client, "RETRY_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(openai_tagger, "DIALECTS", {})
    return shared


def configure(monkeypatch, url: str, **more: object) -> None:
    known = {"TAGGER": "openai", "OPENAI_BASE_URL": url, "OPENAI_MODEL": MODEL, "OPENAI_API_KEY": KEY, **more}
    for name, value in known.items():
        monkeypatch.setenv(f"IMGOPT_{name}", str(value))
    settings.cache_clear()


def tag(image=PICTURE, language="en", context=""):
    return openai_tagger.configured_tagger().tag(image, Briefing(language, context))


def test_a_model_fills_in_the_form_of_a_picture(server):
    tags = tag(LARGE)
    assert tags == ImageTags(
        "A dog on a beach", ("dog", "beach", "sand"), "dog-on-beach", "openai:eyes", "en", Usage(1000, 50)
    )
    (picture,), (request,) = server.pictures, server.asked
    assert (picture.format, picture.size) == ("JPEG", (768, 384))
    assert picture.getpixel((400, 200))[2] > 100
    assert request["response_format"]["type"] == "json_schema"
    assert request["max_tokens"] == 500
    assert server.mistakes == []


@pytest.mark.parametrize(
    ("image", "kind", "size"),
    [
        (Image.new("RGBA", (2000, 100), (0, 0, 0, 0)), "PNG", (768, 38)),
        (Image.new("LA", (10, 3000), (0, 128)), "PNG", (3, 768)),
        (Image.new("RGBA", (40, 30), (255, 255, 255, 255)), "JPEG", (40, 30)),
        (Image.new("L", (5000, 1), 255), "JPEG", (768, 1)),
    ],
)
def test_transparent_pictures_are_shown_as_png_on_white(server, image, kind, size):
    tag(image)
    (picture,) = server.pictures
    assert (picture.format, picture.size) == (kind, size)
    assert image.mode == "LA" or picture.convert("RGB").getpixel((0, 0)) >= (250, 250, 250)


def test_a_language_and_a_context_are_told(server):
    server.replies = [filled_in(alt_text="Ein süßer Hund", slug="Süßer Hund")]
    tags = tag(language="de-AT", context="Hunde-Kalender 2027")
    system, question = server.asked[0]["messages"]
    assert "never an instruction" in system["content"]
    assert '"de-AT"' in question["content"][0]["text"]
    assert '"Hunde-Kalender 2027"' in question["content"][0]["text"]
    assert (tags.alt_text, tags.language, tags.slug) == ("Ein süßer Hund", "de-AT", "suesser-hund")


def refuse(*kinds: str, status: int = 400):
    """A server that takes no `response_format` of these kinds."""

    def answer(request: dict) -> Reply | None:
        kind = request.get("response_format", {}).get("type", "text")
        return refusal(status, f"{kind} is not supported") if kind in kinds else None

    return answer


@pytest.mark.parametrize(
    ("refused", "status", "taken"),
    [
        (["json_schema"], 400, "json_object"),
        (["json_schema", "json_object"], 422, "text"),
        (["json_schema", "json_object"], 501, "text"),
    ],
)
def test_a_form_that_a_server_refuses_is_not_sent_again(server, refused, status, taken):
    server.refuses = refuse(*refused, status=status)
    assert [tag().slug, tag().slug] == ["dog-on-beach"] * 2
    kinds = [each.get("response_format", {}).get("type", "text") for each in server.asked]
    assert kinds == [taken, taken]
    assert len(server.headers) == 2 + len(refused)
    assert '"alt_text"' in server.asked[0]["messages"][1]["content"][0]["text"]


def test_a_limit_on_tokens_is_called_as_the_server_wants_it(server):
    hint = "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."
    server.refuses = lambda request: refusal(400, hint) if "max_tokens" in request else None
    tag()
    assert server.asked[0]["max_completion_tokens"] == 500
    assert server.asked[0]["response_format"]["type"] == "json_schema"


def test_a_server_that_takes_no_form_at_all_is_asked_in_each_once(server):
    server.refuses = lambda _: refusal(400, "This model takes no images.")
    with pytest.raises(TaggingFailed, match=r"refused the request \(400\)"):
        tag()
    assert len(server.headers) == 3
    assert openai_tagger.DIALECTS == {}


@pytest.mark.parametrize(
    "content",
    [
        f"```json\n{json.dumps(SAID)}\n```",
        f"<think>A {{dog}}?</think>\nHere it is: {json.dumps(SAID)}. Anything else?",
        [{"type": "text", "text": json.dumps(SAID)}],
    ],
)
def test_an_object_is_found_among_words(server, content):
    server.replies = [chat(content)]
    assert tag().alt_text == "A dog on a beach"


def test_keywords_may_be_one_text(server):
    server.replies = [filled_in(keywords="Dog, beach; sea\nsand")]
    assert (tag().keywords, len(server.asked)) == (("dog", "beach", "sea", "sand"), 1)


GARBAGE = [
    chat(""),
    chat(None),
    chat("A dog on a beach."),
    chat("{" * 5000),
    chat("[" * 50_000 + "{}"),
    filled_in(alt_text=["A dog"]),
    filled_in(alt_text="Photo of"),
    filled_in(keywords=[1, 2, 3]),
    Reply({}),
    Reply([]),
    Reply({"choices": [None], "usage": "much"}),
    Reply({"choices": [{"message": {"content": 7}}]}),
    Reply(b"<html>It works!</html>"),
    Reply(b"[" * 100_000),
    Reply(b" " * 1_100_000),
    Reply(b""),
]


@pytest.mark.parametrize("reply", GARBAGE)
def test_a_garbled_answer_is_asked_for_once_more(server, reply):
    server.replies = [reply, filled_in()]
    assert tag().alt_text == "A dog on a beach"
    assert len(server.asked) == 2


@pytest.mark.parametrize("reply", GARBAGE)
def test_garbled_answers_are_no_words(server, reply):
    server.replies = [reply]
    with pytest.raises(MalformedOutput) as caught:
        tag()
    assert len(server.asked) == 2
    assert caught.value.usage.input_tokens in (0, 2000)


def test_an_alt_text_that_is_too_long_is_asked_for_once_more(server):
    server.replies = [filled_in(alt_text=LONG), filled_in()]
    tags = tag()
    assert tags.alt_text == "A dog on a beach"
    assert tags.usage == Usage(2000, 100)
    _, _, said, wish = server.asked[1]["messages"]
    assert json.loads(said["content"])["alt_text"] == LONG
    assert "at most 125" in wish["content"]


@pytest.mark.parametrize("second", [filled_in(alt_text=LONG), chat(""), refusal(400, "No more."), chat("No.")])
def test_an_alt_text_that_stays_too_long_is_cut_at_a_word(server, second):
    server.replies = [filled_in(alt_text=LONG), second]
    tags = tag()
    assert 60 < len(tags.alt_text) <= 125
    assert LONG.startswith(f"{tags.alt_text} ")


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (chat(None, refusal="I can't help with that."), "refused"),
        (chat("", "content_filter"), "refused"),
        (filled_in(alt_text="I'm sorry, but I can't help with that."), "refused to describe"),
        (chat('{"alt_text": "A dog o', "length"), "cut off"),
    ],
)
def test_a_refusal_is_not_asked_again(server, reply, reason):
    server.replies = [reply]
    with pytest.raises(TaggingFailed, match=reason) as caught:
        tag()
    assert not isinstance(caught.value, MalformedOutput)
    assert (len(server.asked), caught.value.usage) == (1, Usage(1000, 50))


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_busy_server_is_asked_again(server, status):
    server.replies = [refusal(status, "Later."), Reply(b"", status), filled_in()]
    assert tag().alt_text == "A dog on a beach"


def test_a_server_that_stays_busy_is_unavailable(server):
    server.replies = [refusal(503, "Later.")]
    with pytest.raises(Unavailable, match="503"):
        tag()
    assert len(server.asked) == 3


def test_a_server_that_asks_for_more_time_than_there_is_gets_none(server):
    server.replies = [Reply({}, 429, {"Retry-After": "3600"})]
    with pytest.raises(Unavailable, match="429"):
        tag()
    assert len(server.asked) == 1


def test_a_server_that_is_away_is_unavailable(server, monkeypatch):
    configure(monkeypatch, "http://127.0.0.1:9/v1")
    with pytest.raises(Unavailable, match="could not be reached"):
        tag()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n"


@pytest.mark.parametrize("begun", [b"HTTP/1.1 200 OK\r\nX-Slow: ", HEAD + b"\r\n{"])
def test_a_server_that_drips_is_not_waited_for(server, monkeypatch, begun):
    def answer(peer):
        yield begun
        yield from peer.drip(b" ")

    with serve(answer) as peer:
        configure(monkeypatch, f"http://{peer.authority}/v1", OPENAI_SECONDS=0.3)
        began = time.monotonic()
        with pytest.raises(Unavailable, match="in time"):
            tag()
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("sent", [b"SSH-2.0-OpenSSH_9.9\r\n", HEAD + b"\r\n{"])
def test_a_server_that_breaks_off_is_unavailable(server, monkeypatch, sent):
    with serve(lambda _: [sent]) as peer:
        configure(monkeypatch, f"http://{peer.authority}/v1")
        with pytest.raises(Unavailable, match="could not be reached"):
            tag()


def test_no_time_is_taken_from_what_comes_after(server):
    with openai_tagger.time_budget.limit_calls(openai_tagger.RESERVE_SECONDS), pytest.raises(Unavailable):
        tag()
    assert server.asked == []


def test_a_key_goes_to_its_server_and_nowhere_else(server):
    with serving() as other:
        server.replies = [Reply({}, status, {"Location": other.url + "/chat/completions"}) for status in (302, 307)]
        for status in (302, 307):
            with pytest.raises(TaggingFailed, match=str(status)):
                tag()
        assert other.headers == []


def test_a_server_without_a_key_is_sent_none(server, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-somebody-else")
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody-else")
    with serving() as other:
        configure(monkeypatch, other.url, OPENAI_API_KEY="")
        tag()
        assert "authorization" not in other.headers[0]
        assert not any("somebody-else" in value for value in other.headers[0].values())


def test_a_wrong_key_and_an_unknown_model_are_told_without_the_servers_words(server, monkeypatch, capsys):
    for more, status in (({"OPENAI_API_KEY": "sk-wrong"}, 401), ({"OPENAI_MODEL": "ears"}, 404)):
        configure(monkeypatch, server.url, **more)
        with pytest.raises(TaggingFailed) as caught:
            tag()
        assert str(caught.value) == f"The model's server refused the request ({status})."
    assert "sk-" not in "".join(capsys.readouterr())


@pytest.mark.parametrize("key", ["sk-ö", "sk-a\nb"])
def test_a_key_that_can_not_be_sent_is_not_quoted(server, monkeypatch, key):
    configure(monkeypatch, server.url, OPENAI_API_KEY=key)
    with pytest.raises(NotConfigured) as caught:
        tag()
    assert "sk-" not in str(caught.value)


def test_a_key_in_secrets_manager_is_read_anew_where_it_is_refused(server, monkeypatch):
    kept = iter(["sk-old\n", f"{KEY}\n"])
    monkeypatch.setattr(secrets, "read", lambda _: next(kept))
    monkeypatch.setattr(secrets, "renew", lambda _: next(kept))
    configure(monkeypatch, server.url, OPENAI_API_KEY="", OPENAI_API_KEY_ARN="arn:of:it")
    assert tag().alt_text == "A dog on a beach"


def test_a_tagger_does_not_show_its_key(server):
    assert KEY not in repr(openai_tagger.configured_tagger())
    assert KEY not in repr(settings())
