"""An image from standard input, and its result to standard output."""

import io
import json
import sys

import pytest

from tests.client.server import IMAGE, RESULT


@pytest.fixture
def pipe(imgopt, monkeypatch):
    """The exit code, and what standard output got."""

    def run(*arguments, content=IMAGE, is_terminal=False):
        out = io.TextIOWrapper(io.BytesIO())
        out.isatty = lambda: is_terminal
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
        monkeypatch.setattr(sys, "stdout", out)
        code = imgopt("optimize", *arguments, "-")
        return code, out.buffer.getvalue()

    return run


def test_result_goes_to_standard_output_alone(server, pipe, capsys):
    assert pipe("--format", "webp") == (0, RESULT)
    body = json.loads(next(each for each in server.requests if each.url.path == "/auto").content)
    assert body["settings"]["output_format"] == "webp"
    assert capsys.readouterr().err == ""


def test_input_is_passed_on_where_the_result_saves_too_little(server, pipe):
    server.result = b"r" * 999
    assert pipe("--min-saving", 10) == (0, IMAGE)


def test_failure_leaves_standard_output_empty(pipe, capsys):
    assert pipe(content=b"%PDF-1.7") == (1, b"")
    assert capsys.readouterr().err == "imgopt: stdin: It is not an image, or of an unknown format. It was not sent.\n"


def test_terminal_gets_no_picture(server, pipe, capsys):
    assert pipe(is_terminal=True) == (1, b"")
    assert "Redirect them to a file" in capsys.readouterr().err
    assert server.requests == []


def test_streams_leave_no_state(pipe, tmp_path):
    pipe()
    assert not (tmp_path / "state").exists()
