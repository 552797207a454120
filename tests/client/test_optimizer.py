"""The optimizer: from inputs to outcomes and files."""

import json
import threading

import httpx2
import pytest

from imgopt_client.errors import ClientError
from imgopt_client.jobs import submit_job, wait_for_job
from imgopt_client.naming import safe_file_name
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from tests.client.server import IMAGE, RESULT, answer

WAIT_SECONDS = 10


def names_in(folder):
    return sorted(path.name for path in folder.iterdir())


def test_file_task_puts_the_result_beside_its_input(server, connection, images):
    (hero,) = images("hero.png")
    (outcome,) = optimize_files(connection, [hero], {"output_format": "webp"})
    assert outcome.result == hero.with_name("hero.tinified.webp")
    assert outcome.result.read_bytes() == RESULT
    assert (outcome.status, outcome.before, outcome.after, outcome.saved) == ("completed", 1000, 7, 0.993)
    body = json.loads(next(each for each in server.requests if each.url.path == "/auto").content)
    assert body == {"temp_file_ids": ["file-0"], "settings": {"output_format": "webp"}}


def test_outcomes_keep_the_order_of_inputs_whatever_is_ready_first(server, connection, images):
    """The first file is processed only when all others are through."""
    others_are_through, downloads = threading.Event(), []

    def name_of(request):
        return server.uploads[server.jobs[request.url.path.rpartition("/")[2]]][0]

    def status(request):
        assert name_of(request) != "0.png" or others_are_through.wait(WAIT_SECONDS)
        return server.route(request)

    def downloaded(request):
        downloads.append(name_of(request))
        if len(downloads) == 4:
            others_are_through.set()
        return httpx2.Response(200, content=RESULT)

    for number in range(5):
        server.scripted[f"GET /status/job-{number}"].append(status)
        server.scripted[f"GET /download/job-{number}"].append(downloaded)
    files = images(*(f"{number}.png" for number in range(5)))
    outcomes = optimize_files(connection, files, {}, Options(jobs=5))
    assert [each.source.path for each in outcomes] == files
    assert downloads[-1] == "0.png"


def test_file_task_that_fails_does_not_stop_the_others(server, connection, images, tmp_path):
    (text,) = images("text.jpg", content=b"GIF89a text")
    (broken,) = images("broken.png")
    server.job_status = lambda name: (
        {"status": "failed", "error_message": "It is damaged."} if name == "broken.png" else {"status": "completed"}
    )
    inputs = [text, tmp_path / "missing.png", broken, *images("hero.png"), tmp_path]
    outcomes = optimize_files(connection, inputs, {})
    assert [each.error for each in outcomes] == [
        "This is not an image.",
        "There is no such file.",
        "It is damaged.",
        None,
        "It is a folder. Use --recursive to process the images in it.",
    ]


def test_run_ends_at_an_error_that_all_files_would_meet(server, connection, images):
    server.scripted["POST /auto"].append(answer({"detail": "x", "credits_needed": 1}, 429))
    outcomes = optimize_files(connection, images("a.png", "b.png", "c.png"), {}, Options(jobs=1))
    assert [each.status for each in outcomes] == ["failed", "untried", "untried"]
    assert {each.exit_code for each in outcomes} == {4}
    assert server.count("POST /upload") == 1


def test_output_writer_does_not_overwrite_files(connection, images):
    hero, earlier = images("hero.png", "hero.tinified.webp")
    (outcome,) = optimize_files(connection, [hero], {})
    assert outcome.result.name == "2-hero.tinified.webp"
    assert earlier.read_bytes() == IMAGE


def test_output_writer_numbers_results_of_one_name_also_with_overwrite(connection, images, tmp_path):
    inputs, out = images("a/hero.png", "b/hero.png", "c/HERO.png"), tmp_path / "out"
    for _ in range(2):
        outcomes = optimize_files(connection, inputs, {}, Options(out=out, overwrite=True))
        folded = {each.result.name.lower() for each in outcomes}
        assert folded == {"hero.tinified.webp", "2-hero.tinified.webp", "3-hero.tinified.webp"}
        assert len(names_in(out)) == 3


def test_output_writer_never_overwrites_an_input(server, connection, images):
    server.job_status = lambda name: {"status": "completed", "processed_filename": "hero.png"}
    (hero,) = images("hero.png")
    (outcome,) = optimize_files(connection, [hero], {}, Options(overwrite=True))
    assert outcome.result.name == "2-hero.png"
    assert hero.read_bytes() == IMAGE


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\windows\\x.png", "x.png"),
        ("..", "image"),
        (".imgopt-resume.json", "imgopt-resume.json"),
        ("a\x1b[31m.png", "a[31m.png"),
        ("größe.webp", "größe.webp"),
    ],
)
def test_safe_file_name_stays_in_its_folder(sent, kept):
    assert safe_file_name(sent) == kept


def test_download_that_breaks_off_leaves_nothing(server, connection, images):
    def broken():
        yield b"sma"
        raise httpx2.ReadError("reset")

    (hero,) = images("hero.png")
    server.scripted["GET /download/job-0"].extend([httpx2.Response(200, content=broken()) for _ in range(4)])
    (outcome,) = optimize_files(connection, [hero], {})
    assert "can't be reached" in outcome.error
    assert names_in(hero.parent) == ["hero.png"]


def test_download_that_breaks_off_is_repeated(server, connection, images):
    def broken():
        yield b"sma"
        raise httpx2.ReadError("reset")

    server.scripted["GET /download/job-0"].append(httpx2.Response(200, content=broken()))
    (outcome,) = optimize_files(connection, images("hero.png"), {})
    assert outcome.result.read_bytes() == RESULT


def test_download_of_the_wrong_size_is_not_kept(server, connection, images):
    (hero,) = images("hero.png")
    server.scripted["GET /download/job-0"].append(httpx2.Response(200, content=b"sma"))
    (outcome,) = optimize_files(connection, [hero], {})
    assert outcome.error == "The download is incomplete: 3 of 7 bytes. Please try again."
    assert names_in(hero.parent) == ["hero.png"]


def test_download_follows_a_redirect_without_credentials(server, connection, images):
    server.redirects = True
    (outcome,) = optimize_files(connection, images("hero.png"), {})
    first, second = server.requests[-2:]
    assert first.headers["x-session-token"] == "secret-guest-0"
    assert (second.url.host, "x-session-token" in second.headers) == ("storage.test", False)
    assert outcome.result.read_bytes() == RESULT


def test_download_follows_three_redirects_at_most(server, connection, images):
    again = httpx2.Response(302, headers={"Location": "/download/job-0"})
    server.scripted["GET /download/job-0"].extend([again] * 9)
    (outcome,) = optimize_files(connection, images("hero.png"), {})
    assert outcome.error == "The download failed: the server redirects too often."


def test_url_is_fetched_by_the_server(server, connection, tmp_path):
    (outcome,) = optimize_files(connection, ["https://site.test/a/hero.png?v=1"], {}, Options(out=tmp_path / "out"))
    assert json.loads(server.requests[0].content) == {"url": "https://site.test/a/hero.png?v=1"}
    assert (outcome.source.name, outcome.before, outcome.status) == ("hero.png", 500, "completed")


def test_job_is_polled_at_growing_intervals_for_30_minutes(server, connection, images, slept):
    server.job_status = lambda name: {"status": "processing"}
    (outcome,) = optimize_files(connection, images("hero.png"), {})
    assert outcome.error == "Not finished within 30 minutes. Run the command again to continue waiting."
    assert slept[0] < 0.13
    assert 1.9 < max(slept) < 2.6


def test_pauses_grow_no_longer_than_is_asked_for(server, connection, images, slept):
    server.job_status = lambda name: {"status": "processing"}
    optimize_files(connection, images("hero.png"), {}, Options(longest_pause=0.2))
    assert 0.2 <= max(slept) < 0.26


def test_output_folder_that_can_not_be_made_ends_the_run_before_any_request(server, connection, images):
    (hero,) = images("hero.png")
    with pytest.raises(ClientError, match="File exists"):
        optimize_files(connection, [hero], {}, Options(out=hero))
    assert server.requests == []


@pytest.mark.parametrize(("ends_after", "asked"), [(1.0, 1), (1.9, 2), (2.6, 3)])
def test_waiting_for_a_job_takes_a_request_or_two(server, connection, slept, ends_after, asked):
    """`make costs` assumes this number, since the server says when the job is expected to end."""
    server.poll_after, server.uploads["file-0"] = 1.3, ("hero.png", 1000)
    server.job_status = lambda _: {"status": "completed" if sum(slept) >= ends_after else "processing"}
    job = submit_job(connection, "file-0", {}, print)
    wait_for_job(connection, job.id, job.poll_after)
    assert server.count("GET /status/job-0") == asked
