"""The command line: exit codes, and what is printed to which stream."""

import ast
import json
import os
import signal
import sys
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path

import httpx2
import pytest

import imgopt_client
from imgopt_client.arguments import parse_arguments
from imgopt_client.cli import main
from imgopt_client.connection import check_encrypted
from imgopt_client.credentials import Credentials
from imgopt_client.optimizer import optimize_files
from imgopt_client.run_arguments import options_from
from imgopt_client.settings_arguments import settings_from
from tests.client.server import IMAGE, SERVER, answer

# It looks like an image to the client, and not to the server.
TEXT = b"GIF89a text"


def test_table_shows_what_was_saved(imgopt, images, capsys):
    assert imgopt("optimize", *images("hero.png", "b.png")) == 0
    out, err = capsys.readouterr()
    heading, hero, second, total = out.splitlines()
    assert heading.split() == ["file", "before", "after", "saved", "dimensions", "time", "result"]
    assert hero.split()[:9] == ["hero.png", "1.0", "kB", "0.0", "kB", "99%", "40", "x", "30"]
    assert total.split() == ["2", "files", "2.0", "kB", "0.0", "kB", "99%"]
    assert hero.endswith("hero.tinified.webp")
    assert second.startswith("b.png")
    assert err == ""


def test_json_output_has_a_line_for_each_file_in_their_order(imgopt, images, capsys, tmp_path):
    hero, text = images("hero.png")[0], images("text.jpg", content=TEXT)[0]
    assert imgopt("optimize", "--json", hero, text, tmp_path / "missing.png") == 1
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert [(each["file"], each["status"], each["error"]) for each in lines] == [
        (str(hero), "completed", None),
        (str(text), "failed", "This is not an image."),
        (str(tmp_path / "missing.png"), "failed", "There is no such file."),
    ]
    assert {name: lines[0][name] for name in ("before", "after", "saved", "width", "format", "result")} == {
        "before": 1000,
        "after": 7,
        "saved": 0.993,
        "width": 40,
        "format": "webp",
        "result": str(hero.with_name("hero.tinified.webp")),
    }
    assert all(each.keys() == lines[0].keys() for each in lines)
    assert err.splitlines() == [
        "imgopt: text.jpg: This is not an image.",
        "imgopt: missing.png: There is no such file.",
    ]


def test_json_output_tells_a_warning(server, imgopt, images, capsys):
    server.job_status = lambda name: {"status": "completed", "warning": "Tags were made offline."}
    assert imgopt("optimize", "--json", *images("hero.png")) == 0
    assert json.loads(capsys.readouterr().out)["warning"] == "Tags were made offline."


def test_out_of_credits_is_reported_once(server, imgopt, images, capsys):
    server.scripted["POST /auto"].append(answer({"credits_needed": 1, "credits_remaining": 0}, 429))
    assert imgopt("optimize", "--jobs", 1, *images("a.png", "b.png", "c.png")) == 4
    assert capsys.readouterr().err.splitlines() == [
        "imgopt: a.png: Not enough credits: 1 needed, 0 left.",
        "imgopt: 2 more were not tried",
    ]


def test_exit_code_is_3_where_the_server_can_not_be_reached(server, imgopt, images, capsys):
    server.scripted["POST /upload"].extend([httpx2.ConnectError("Connection refused")] * 4)
    assert imgopt("optimize", "--jobs", 1, *images("a.png", "b.png")) == 3
    assert "https://imgopt.test can't be reached: Connection refused." in capsys.readouterr().err


def test_exit_code_of_a_run_that_ended_outweighs_that_of_a_file(server, imgopt, images):
    text, *_ = images("text.jpg", content=TEXT)
    server.scripted["POST /auto"].append(answer({"detail": "Not for guests."}, 403))
    assert imgopt("optimize", "--jobs", 1, text, *images("a.png")) == 4


def test_interrupt_shows_what_is_done_and_exits_with_130(imgopt, images, monkeypatch, capsys):
    def interrupted(connection, inputs, settings, options, progress):
        outcomes = optimize_files(connection, inputs, settings, options, progress)
        raise KeyboardInterrupt(outcomes)

    monkeypatch.setattr("imgopt_client.cli.optimize_files", interrupted)
    assert imgopt("optimize", *images("hero.png")) == 130
    out, err = capsys.readouterr()
    assert "hero.tinified.webp" in out
    assert err == "imgopt: interrupted; run the same command again to continue\n"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_run_that_is_told_to_end_keeps_what_it_has_reached(server, imgopt, images, tmp_path, number):
    def told(request):
        os.kill(os.getpid(), number)
        return httpx2.Response(503)

    server.scripted["GET /status/job-0"].append(told)
    before = signal.signal(number, signal.SIG_DFL)
    try:
        assert imgopt("optimize", *images("hero.png")) == 130
        assert signal.getsignal(number) is signal.SIG_DFL
    finally:
        signal.signal(number, before)
    assert list((tmp_path / "state").rglob("*.json"))  # which a run that is killed leaves none of


def test_output_that_can_not_be_written_is_told(imgopt, images, monkeypatch, capsys):
    with Path("/dev/full").open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert imgopt("optimize", "--json", *images("hero.png")) == 1
        monkeypatch.undo()
        with suppress(OSError):
            full.close()
    assert capsys.readouterr().err == "imgopt: standard output: No space left on device.\n"


@pytest.mark.parametrize("arguments", [["optimize", "-"], ["status"]])
def test_program_may_be_started_without_streams(server, imgopt, monkeypatch, arguments):
    server.scripted["GET /mcp/auth/status"].append(answer({"logged_in": False}))
    for name in ("stdin", "stdout", "stderr"):
        monkeypatch.setattr(sys, name, None)
    assert imgopt(*arguments) == (1 if "-" in arguments else 0)


def test_guest_who_can_not_be_remembered_is_one_all_the_same(imgopt, images, home, capsys):
    home.parent.parent.mkdir(parents=True, exist_ok=True)
    home.parent.write_text("a file")
    assert imgopt("optimize", *images("hero.png")) == 0
    assert "can't be written" in capsys.readouterr().err


def test_home_that_there_is_not_is_told(imgopt, images, monkeypatch, capsys):
    def nowhere():
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setattr(Path, "home", nowhere)
    assert imgopt("optimize", *images("hero.png")) == 1
    assert capsys.readouterr().err == "imgopt: There is no home folder. Set HOME or XDG_CONFIG_HOME.\n"


@pytest.mark.parametrize("words", [["--suffix", "-small"], ["--suffix=-small"]])
def test_suffix_may_begin_with_a_dash(words):
    assert parse_arguments(["optimize", "a.png", *words]).suffix.text == "{stem}-small.{ext}"


def test_option_is_no_value_of_the_one_before(capsys):
    with pytest.raises(SystemExit):
        parse_arguments(["optimize", "a.png", "--suffix", "--json"])
    assert "--suffix: expected one argument" in capsys.readouterr().err


def test_warnings_are_shown_once(server, imgopt, images, capsys):
    told = {"success": True, "jobs": [{"id": "job-0"}], "warnings": ["gif_frame_limit has no \x1b[31meffect.", "b"]}
    for number in range(2):
        server.jobs[f"job-{number}"] = f"file-{number}"
        server.scripted["POST /auto"].append(answer({**told, "jobs": [{"id": f"job-{number}"}]}))
    assert imgopt("optimize", "--jobs", 1, "--frames", 5, *images("a.png", "b.png")) == 0
    assert capsys.readouterr().err == "imgopt: gif_frame_limit has no \ufffd[31meffect.\nimgopt: b\n"


@pytest.mark.parametrize("name", ["jpeg", "JPEG", "Jpg"])
def test_format_jpg_has_other_spellings(name):
    assert settings_from(parse_arguments(["optimize", "a.png", "--format", name]))["output_format"] == "jpg"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["optimize"],
        ["optimize", "a.png", "--quality", "0"],
        ["optimize", "a.png", "--quality", "high"],
        ["optimize", "a.png", "--target", "best"],
        ["optimize", "a.png", "--target", "29"],
        ["optimize", "a.png", "--width", "9000"],
        ["optimize", "a.png", "--format", "bmp"],
        ["optimize", "a.png", "--upscale", "nan"],
        ["optimize", "a.png", "--jobs", "0"],
        ["optimize", "a.png", "--qual", "5"],
        ["optimize", "a.png", "--name", "{size}.png"],
        ["optimize", "a.png", "--suffix", "a/b"],
        ["optimize", "a.png", "--min-saving", "100"],
        ["optimize", "a.png", "--in-place", "--out", "small"],
        ["optimize", "a.png", "--in-place", "--format", "webp"],
        ["optimize", "a.png", "--name", "{stem}", "--suffix", ".min"],
        ["optimize", "a.png", "--quiet", "--verbose"],
        ["optimize", "a.png", "--watch", "--dry-run"],
        ["optimize", "-", "a.png"],
        ["optimize", "-", "--json"],
        ["optimize", "a.png", "--server", "localhost:8080"],
        ["status", "--server", "http://me:secret@host"],
        ["nothing"],
    ],
)
def test_usage_errors_exit_with_2(words, capsys):
    with pytest.raises(SystemExit) as ended:
        main(words)
    assert ended.value.code == 2
    out, err = capsys.readouterr()
    assert (out, "secret" in err) == ("", False)


def test_usage_error_is_two_lines_that_end_with_where_the_options_are(capsys):
    with pytest.raises(SystemExit):
        main(["optimize", "a.png", "--quality", "800"])
    assert capsys.readouterr().err.splitlines() == [
        "imgopt optimize: error: argument --quality: '800' is not a whole number from 1 to 100",
        "`imgopt --help` lists the commands, and `imgopt COMMAND --help` the options of a command.",
    ]


def test_help_names_the_exit_codes(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["optimize", "--help"])
    assert ended.value.code == 0
    out = capsys.readouterr().out
    assert all(word in out for word in ("130  interrupted", "IMGOPT_API_KEY", "$XDG_STATE_HOME/imgopt"))


def test_options_become_settings():
    words = "optimize a.png --format webp --quality 70 --width 10 --height 20 --fit crop --max-bytes 5000 --upscale 2"
    words += " --target High --frames 9 --keep-animation --ignore-faces --keep-metadata all --jpeg-reconstruction"
    words += " --tags --rename --write-tags --no-upscale-mark --language de --context Boots"
    assert settings_from(parse_arguments(words.split())) == {
        "job_source": "cli",
        "output_format": "webp",
        "output_quality": 70,
        "output_quality_target": "high",
        "output_width": 10,
        "output_height": 20,
        "output_resize_behavior": "crop",
        "output_file_size_limit": 5000,
        "output_upscale_factor": 2.0,
        "gif_frame_limit": 9,
        "keep_animation": True,
        "keep_faces": False,
        "keep_metadata": "all",
        "jpeg_reconstruction": True,
        "output_seo_tag_gen": True,
        "output_seo_rename": True,
        "write_tags": True,
        "mark_upscaled": False,
        "output_seo_language": "de",
        "output_seo_context": "Boots",
    }
    assert settings_from(parse_arguments(["optimize", "a.png"])) == {"job_source": "cli"}


def test_server_defaults_to_the_environment_variable(monkeypatch):
    assert parse_arguments(["status"]).server == "http://127.0.0.1:8080"
    monkeypatch.setenv("IMGOPT_SERVER", "https://imgopt.test/prod/")
    assert parse_arguments(["status"]).server == "https://imgopt.test/prod"
    assert parse_arguments(["status", "--server", SERVER]).server == SERVER


def test_plain_http_to_another_machine_needs_the_option(server, http, images, capsys):
    words = ["optimize", "--server", "http://imgopt.test", *map(str, images("a.png"))]
    assert (main(words, http), len(server.requests)) == (1, 0)
    assert "Tokens and files would be sent to http://imgopt.test unencrypted" in capsys.readouterr().err
    assert main([*words, "--plain-http"], http) == 0


@pytest.mark.parametrize(
    "server", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:80", "https://a.example"]
)
def test_plain_http_to_this_machine_is_allowed(server):
    check_encrypted(server)


def test_guest_is_the_same_in_the_next_run(server, imgopt, images, home):
    imgopt("optimize", *images("a.png"))
    imgopt("optimize", *images("b.png"))
    assert server.guests == {"secret-guest-0"}
    assert Credentials(home / "credentials.json").get(SERVER, "session_token") == "secret-guest-0"


def test_api_key_is_sent_to_the_server_alone_and_never_shown(server, imgopt, images, monkeypatch, capsys):
    monkeypatch.setenv("IMGOPT_API_KEY", "secret-key")
    server.redirects = True
    inputs = images("a.png", "big.png", content=IMAGE * 5)
    imgopt("optimize", "--presign-above", 4000, *inputs)
    imgopt("optimize", "--json", *inputs)
    keyed = {each.url.host for each in server.requests if each.headers.get("authorization") == "Bearer secret-key"}
    assert keyed == {"imgopt.test"}
    assert "secret" not in "".join(capsys.readouterr())


def test_control_characters_are_not_printed(server, imgopt, images, capsys):
    server.scripted["POST /upload"].append(answer({"detail": "No \x1b[31mimage\x07."}, 415))
    imgopt("optimize", *images("a\x1b[2J.png"))
    assert "\x1b" not in "".join(capsys.readouterr())


def test_client_imports_what_the_wheel_requires_alone():
    allowed = {"imgopt_client", "httpx2", "rich", *sys.stdlib_module_names}
    optional = {"objects.py": {"boto3", "botocore"}}
    for path in Path(imgopt_client.__file__).parent.rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text())))
        modules = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
        modules |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        assert {module.split(".")[0] for module in modules} <= allowed | optional.get(path.name, set())


def test_version_is_that_of_the_package(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert (ended.value.code, capsys.readouterr().out) == (0, f"imgopt {version('imgopt')}\n")


def test_quiet_prints_failures_alone(server, imgopt, images, capsys):
    server.scripted["POST /auto"].append(answer({"success": True, "jobs": [{"id": "job-0"}], "warnings": ["a"]}))
    server.jobs["job-0"] = "file-0"
    text, hero = images("text.jpg", content=TEXT)[0], images("hero.png")[0]
    assert imgopt("optimize", "--quiet", "--jobs", 1, hero, text) == 1
    assert capsys.readouterr() == ("", "imgopt: text.jpg: This is not an image.\n")


def test_verbose_tells_each_step_of_each_file(imgopt, images, capsys):
    assert imgopt("optimize", "--verbose", *images("hero.png")) == 0
    steps = ("uploading", "processing", "downloading")
    assert capsys.readouterr().err.splitlines() == [f"imgopt: hero.png: {step}" for step in steps]


def test_watch_prints_a_line_for_each_result_until_it_is_interrupted(http, images, capsys):
    def stop(seconds):
        raise KeyboardInterrupt

    folder = images("hero.png")[0].parent
    assert main(["optimize", "--server", SERVER, "--watch", "--recursive", str(folder)], http, stop) == 130
    assert capsys.readouterr().out == "images/hero.png: 1.0 kB -> 0.0 kB, 99% saved, hero.tinified.webp\n"


@pytest.mark.parametrize(
    ("words", "least"),
    [
        ([], None),
        (["--min-saving", "5%"], 0.05),
        (["--in-place"], 0.0),
        (["--in-place", "--upscale", "2"], None),
        (["--in-place", "--width", "90", "--min-saving", "2.5"], 0.025),
    ],
)
def test_input_is_replaced_by_what_is_smaller_unless_another_size_is_asked_for(words, least):
    assert options_from(parse_arguments(["optimize", "a.png", *words])).min_saving == least
