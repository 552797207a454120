"""The price of a run, before the run."""

import json

import httpx2
import pytest

from tests.client.server import answer

QUOTE = {"success": True, "credits": 3, "credits_remaining": 20, "bytes_expected": 250, "warnings": []}


@pytest.fixture
def quoted(server):
    def add(*answers):
        server.scripted["POST /quote"].extend(answers)

    return add


def test_quote_is_told_for_each_file_and_in_all(server, imgopt, images, capsys, quoted):
    quoted(answer(QUOTE), answer({**QUOTE, "credits": 1}))
    assert imgopt("optimize", "--dry-run", "--jobs", 1, "--format", "webp", *images("a.png", "b.png")) == 0
    assert capsys.readouterr().out.splitlines() == [
        "file     before   about  saved  credits",
        "a.png    1.0 kB  0.2 kB    75%        3",
        "b.png    1.0 kB  0.2 kB    75%        1",
        "2 files  2.0 kB  0.5 kB    75%        4",
        "credits left: 20",
    ]
    assert server.paths() == ["POST /upload", "POST /quote"] * 2
    body = json.loads(server.requests[1].content)
    assert body == {"temp_file_ids": ["file-0"], "settings": {"job_source": "cli", "output_format": "webp"}}


def test_quote_as_json_has_a_line_for_each_file(imgopt, images, capsys, quoted, tmp_path):
    quoted(answer(QUOTE))
    (path,) = images("a.png")
    assert imgopt("optimize", "--dry-run", "--json", path, tmp_path / "missing.png") == 1
    quote, failed = (json.loads(line) for line in capsys.readouterr().out.splitlines())
    assert quote == {
        "file": str(path),
        "status": "quoted",
        "before": 1000,
        "bytes_expected": 250,
        "credits": 3,
        "credits_remaining": 20,
        "error": None,
    }
    assert (failed["status"], failed["error"]) == ("failed", "There is no such file.")


def test_quote_of_a_server_without_quotes_fails(imgopt, images, capsys):
    assert imgopt("optimize", "--dry-run", *images("a.png")) == 1
    assert capsys.readouterr().err == "imgopt: a.png: The server answered 404 Not Found to POST /quote.\n"


def test_quote_ends_where_the_server_can_not_be_reached(server, imgopt, images, capsys):
    server.scripted["POST /upload"].extend([httpx2.ConnectError("refused")] * 8)
    assert imgopt("optimize", "--dry-run", "--jobs", 1, *images("a.png", "b.png")) == 3
    assert server.count("POST /upload") == 4


def test_quote_tells_warnings(imgopt, images, capsys, quoted):
    quoted(answer({**QUOTE, "warnings": ["gif_frame_limit has no effect."]}))
    assert imgopt("optimize", "--dry-run", *images("a.png")) == 0
    assert capsys.readouterr().err == "imgopt: gif_frame_limit has no effect.\n"


def test_finished_file_takes_nothing(server, imgopt, images, capsys, quoted):
    done, new = images("done.png", "new.png")
    imgopt("optimize", done)
    capsys.readouterr()
    quoted(answer(QUOTE))
    imgopt("optimize", "--dry-run", "--json", done, new)
    quotes = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [each["credits"] for each in quotes] == [0, 3]
    assert server.count("POST /upload") == 2
