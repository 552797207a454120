"""The client for Python programs."""

import argparse
import asyncio
import inspect
import io
import json
import threading

import pytest

from imgopt.imaging.options import ProcessingSettings
from imgopt_client import AsyncClient, Client, ClientError, FileRefused, ImageSettings, NotPermitted
from imgopt_client.settings import SETTING_OF_OPTION
from imgopt_client.settings_arguments import add_settings
from tests.client.server import IMAGE, RESULT, SERVER, answer, parts


@pytest.fixture
def client(http):
    with Client(SERVER, http=http) as client:
        yield client


def asked_of(server, path="/auto"):
    return json.loads(next(each for each in server.requests if each.url.path == path).content)["settings"]


def test_image_is_optimized_by_one_call(server, client, images, tmp_path):
    result = client.optimize(images("hero.png")[0], format="webp", width=40)
    assert asked_of(server) == {"output_format": "webp", "output_width": 40}
    assert (result.format, result.dimensions, result.original_size, result.size) == ("webp", (40, 30), 1000, 7)
    assert (result.saved, result.read()) == (0.993, RESULT)
    assert result.save(tmp_path / "small.webp").read_bytes() == RESULT


@pytest.mark.parametrize("given", [IMAGE, bytearray(IMAGE), memoryview(IMAGE), io.BytesIO(IMAGE)])
def test_bytes_and_open_files_are_images(server, client, given):
    assert client.optimize(given, file_name="hero.png").file_name == "hero.tinified.webp"
    assert parts(server.requests[0])["file"] == ("hero.png", IMAGE)


def test_anything_else_is_no_image(server, client):
    with pytest.raises(TypeError, match="not NoneType"):
        client.optimize(None)


def test_name_that_is_too_long_is_cut(client):
    name = client.optimize(IMAGE, file_name="ü" * 300 + ".png").file_name
    assert (set(name.removesuffix(".webp")), len(name.encode())) == ({"ü"}, 239)


def test_url_is_for_the_server_to_fetch(server, client):
    client.optimize("https://site.test/hero.png")
    assert server.paths()[0] == "POST /upload/url"


def test_several_calls_are_one_guests(server, client, images):
    for path in images("a.png", "b.png"):
        client.optimize(path)
    assert len(server.guests) == 1


def test_key_is_sent_with_every_request(server, http, images, monkeypatch):
    monkeypatch.setenv("IMGOPT_API_KEY", "from-environment")
    for key, sent in ((None, "from-environment"), ("given", "given")):
        server.requests.clear()
        with Client(SERVER, api_key=key, http=http) as client:
            client.optimize(images("hero.png")[0])
        assert {each.headers["authorization"] for each in server.requests} == {f"Bearer {sent}"}


def test_key_may_have_the_end_of_a_line(server, http):
    server.scripted["GET /mcp/auth/status"].append(answer({}))
    with Client(SERVER, api_key=" tfy_live_a\n", http=http) as client:
        client.account()
    assert server.requests[0].headers["authorization"] == "Bearer tfy_live_a"


@pytest.mark.parametrize("key", ["secret\nkey", "secret-\u00fc"])
def test_key_that_no_header_can_hold_is_refused_without_showing_it(http, key):
    with pytest.raises(ClientError, match="api_key contains characters that a key can't have") as refused:
        Client(SERVER, api_key=key, http=http)
    assert "secret" not in str(refused.value)


def test_closing_ends_what_is_under_way(server, http, images):
    waiting = threading.Event()

    def status(name):
        waiting.set()
        return {"status": "processing"}

    server.job_status = status

    async def close_meanwhile():
        client = AsyncClient(SERVER, http=http)
        call = asyncio.create_task(client.optimize(images("hero.png")[0]))
        await asyncio.to_thread(waiting.wait, 5)
        await client.close()
        with pytest.raises(ClientError, match="The client is closed"):
            await call
        with pytest.raises(ClientError, match="The client is closed"):
            await client.account()

    asyncio.run(close_meanwhile())


def test_setting_that_is_unknown_is_an_error_with_the_nearest_name(server, client, images):
    with pytest.raises(TypeError, match="Did you mean 'width'"):
        client.optimize(images("hero.png")[0], widht=40)
    assert server.requests == []


def test_settings_are_those_of_the_command_line():
    assert set(ImageSettings.__annotations__) == set(SETTING_OF_OPTION), "imgopt_client/settings.py has both"


def test_options_of_the_command_line_become_settings_of_the_server():
    parser = argparse.ArgumentParser()
    add_settings(parser)
    options = {action.dest for action in parser._actions} - {"help"}
    assert options == set(SETTING_OF_OPTION), "imgopt_client/settings.py says which setting each becomes"
    known = "imgopt/imaging/options.py has the settings of a request"
    assert set(SETTING_OF_OPTION.values()) <= set(ProcessingSettings.model_fields), known


def test_file_that_is_no_image_is_refused_before_it_is_sent(server, client, images):
    (text,) = images("text.png", content=b"%PDF-1.7")
    for path, reason in ((text, "is not an image"), (text.with_name("missing.png"), "no such file")):
        with pytest.raises(FileRefused, match=reason):
            client.optimize(path)
    assert server.requests == []


def test_failed_job_raises_its_reason(server, client, images):
    server.job_status = lambda name: {"status": "failed", "error_message": "It is damaged."}
    with pytest.raises(ClientError, match="It is damaged"):
        client.optimize(images("hero.png")[0])


def test_credits_that_are_out_raise(server, client, images):
    server.scripted["POST /auto"].append(answer({"credits_needed": 3, "credits_remaining": 0}, 429))
    with pytest.raises(NotPermitted, match="Not enough credits: 3 needed, 0 left"):
        client.optimize(images("hero.png")[0])


def test_warnings_of_settings_are_with_the_result(server, client, images):
    told = {"jobs": [{"id": "job-0"}], "warnings": ["gif_frame_limit has no effect."]}
    server.jobs["job-0"] = "file-0"
    server.scripted["POST /auto"].append(answer(told))
    assert client.optimize(images("hero.png")[0], frames=3).warnings == ("gif_frame_limit has no effect.",)


def test_result_is_saved_under_a_name_that_is_free(client, images):
    (hero,) = images("hero.png")
    result = client.optimize(hero)
    saved = [result.save(hero.parent).name for _ in range(2)]
    assert saved == ["hero.tinified.webp", "2-hero.tinified.webp"]


def test_result_is_saved_over_a_file_only_where_that_is_asked(client, images, tmp_path):
    result, path = client.optimize(images("hero.png")[0]), tmp_path / "small.webp"
    path.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        result.save(path)
    assert path.read_bytes() == b"mine"
    assert result.save(path, overwrite=True).read_bytes() == RESULT


def test_result_tells_words_and_score(server, client, images):
    words = {"seo_alt_text": "A dog", "seo_keywords": ["dog"], "score": 81.2, "warning": "Made offline."}
    server.job_status = lambda name: {"status": "completed", **words}
    result = client.optimize(images("hero.png")[0], tags=True)
    assert (result.alt_text, result.keywords, result.score, result.warning) == ("A dog", ["dog"], 81.2, "Made offline.")


def test_quote_tells_credits_before_anything_is_charged(server, client, images):
    told = {"credits": 3, "credits_remaining": 20, "bytes_expected": 250}
    server.scripted["POST /quote"].append(answer(told))
    quote = client.quote(images("hero.png")[0], format="avif")
    assert (quote.credits, quote.bytes_expected, quote.credits_remaining) == (3, 250, 20)
    assert "POST /auto" not in server.paths()


def test_account_tells_who_is_asking_and_what_is_left(server, client):
    server.scripted["GET /mcp/auth/status"].append(answer({"logged_in": False, "credits_remaining": 17}))
    assert client.account()["credits_remaining"] == 17


def test_async_calls_run_side_by_side(server, http, images, tmp_path):
    async def optimize_all():
        async with AsyncClient(SERVER, http=http) as client:
            results = await asyncio.gather(*(client.optimize(path) for path in images("a.png", "b.png")))
            return [await each.save(tmp_path / f"{number}.webp") for number, each in enumerate(results)]

    assert [path.read_bytes() for path in asyncio.run(optimize_all())] == [RESULT] * 2


@pytest.mark.parametrize("name", ["optimize", "quote", "account"])
def test_async_client_takes_what_the_other_takes(name):
    assert list(inspect.signature(getattr(AsyncClient, name)).parameters) == list(
        inspect.signature(getattr(Client, name)).parameters
    )
