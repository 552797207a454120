"""When results replace their inputs, and which results are not kept."""

import os
import threading

import httpx2
import pytest

from imgopt_client import file_task
from imgopt_client.downloads import download_result
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from tests.client.server import IMAGE, RESULT

IN_PLACE = Options(in_place=True)
SMALLER = IMAGE[:700]


@pytest.fixture
def same_format(server):
    server.result = SMALLER
    server.job_status = lambda name: {"status": "completed", "processed_filename": f"{name[:-4]}.tinified.png"}


def test_result_replaces_its_input(connection, images, same_format):
    (hero,) = images("hero.png")
    hero.chmod(0o640)
    (outcome,) = optimize_files(connection, [hero], {}, IN_PLACE)
    assert (outcome.result, hero.read_bytes(), hero.stat().st_mode & 0o777) == (hero, SMALLER, 0o640)
    assert [each.name for each in hero.parent.iterdir()] == ["hero.png"]


def test_result_that_replaced_its_input_is_done(server, connection, images, same_format):
    inputs = images("hero.png")
    optimize_files(connection, inputs, {}, IN_PLACE)
    assert [each.status for each in optimize_files(connection, inputs, {}, IN_PLACE)] == ["skipped"]
    assert server.count("POST /upload") == 1


def test_link_goes_on_to_be_one(connection, images, same_format):
    (hero,) = images("real/hero.png")
    link = hero.parents[1] / "link.png"
    link.symlink_to(hero)
    optimize_files(connection, [link], {}, IN_PLACE)
    assert (link.is_symlink(), hero.read_bytes()) == (True, SMALLER)


def test_result_arrives_where_the_file_is_that_a_link_leads_to(connection, images, same_format, monkeypatch):
    """The link's target may be on another disk, to which no file can be renamed."""
    (hero,) = images("real/hero.png")
    link = hero.parents[1] / "link.png"
    link.symlink_to(hero)
    folders = []
    monkeypatch.setattr(
        file_task, "download_result", lambda *given: (folders.append(given[2]), download_result(*given))[1]
    )
    optimize_files(connection, [link], {}, IN_PLACE)
    assert folders == [hero.parent]


def test_links_to_one_file_are_one_input(server, connection, images, same_format):
    (hero,) = images("hero.png")
    link = hero.with_name("link.png")
    link.symlink_to(hero)
    assert [each.status for each in optimize_files(connection, [link, hero], {}, IN_PLACE)] == ["completed"]
    assert len(optimize_files(connection, [link, hero], {})) == 2


@pytest.mark.skipif(os.geteuid() != 0, reason="files can't be given away")
def test_result_has_the_owner_of_its_input(connection, images, same_format):
    (hero,) = images("hero.png")
    os.chown(hero, 1234, 2345)
    optimize_files(connection, [hero], {}, IN_PLACE)
    assert (hero.stat().st_uid, hero.stat().st_gid) == (1234, 2345)


def test_result_was_changed_now_unless_dates_are_kept(connection, images, same_format):
    hero, other = images("hero.png", "other.png")
    os.utime(hero, (1, 1))
    os.utime(other, (1, 1))
    optimize_files(connection, [hero], {}, IN_PLACE)
    optimize_files(connection, [other], {}, Options(in_place=True, preserve_dates=True))
    assert hero.stat().st_mtime > 10
    assert other.stat().st_mtime == 1


def test_file_that_can_not_be_written_to_is_neither_sent_nor_replaced(server, connection, images, monkeypatch):
    (hero,) = images("hero.png")
    monkeypatch.setattr(os, "access", lambda path, mode: path != hero)
    (outcome,) = optimize_files(connection, [hero], {}, IN_PLACE)
    assert outcome.error == "--in-place can't replace it, because the file is not writable."
    assert server.requests == []


def test_file_of_a_format_that_is_not_written_is_not_sent(server, connection, images):
    (photo,) = images("photo.tif", content=b"II*\0".ljust(1000, b"i"))
    (outcome,) = optimize_files(connection, [photo], {}, IN_PLACE)
    assert outcome.error == "--in-place can't replace it, because results can't have its format."
    assert server.requests == []


@pytest.mark.usefixtures("same_format")
@pytest.mark.parametrize("replaced", [False, True])
def test_run_that_is_killed_while_it_replaces_knows_which_of_the_two_is_there(
    server, connection, images, monkeypatch, replaced
):
    """A replaced file must not be compressed again. A result that did not replace its file is fetched, and not paid for
    again.
    """
    (hero,) = images("hero.png")
    rename = type(hero).replace

    def killed(part, target):
        if target == hero and replaced:
            rename(part, target)
        if target == hero:
            raise KeyboardInterrupt
        return rename(part, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        patched.setattr(type(hero), "replace", killed)
        optimize_files(connection, [hero], {}, IN_PLACE)
    connection.cancel_token.event.clear()
    (outcome,) = optimize_files(connection, [hero], {}, IN_PLACE)
    assert (outcome.status, hero.read_bytes()) == ("skipped" if replaced else "completed", SMALLER)
    assert (server.count("POST /upload"), server.count("POST /auto")) == (1, 1)


def test_file_that_another_run_has_replaced_meanwhile_is_done(server, connection, images, same_format):
    """Neither run may send the changed file."""
    inputs = images("hero.png")

    def other_run(request):
        optimize_files(connection, inputs, {}, IN_PLACE)
        return server.status(request, "job-0")

    server.scripted["GET /status/job-0"].append(other_run)
    (outcome,) = optimize_files(connection, inputs, {}, IN_PLACE)
    assert outcome.error == "The input was changed during the run. It was not replaced."
    assert [each.status for each in optimize_files(connection, inputs, {}, IN_PLACE)] == ["skipped"]


def test_input_of_another_kind_is_not_replaced(server, connection, images):
    """The server tells by its bytes what it is."""
    (photo,) = images("photo.jpg", content=b"\xff\xd8\xff".ljust(1000, b"i"))
    server.job_status = lambda name: {"status": "completed", "processed_filename": "photo.tinified.png"}
    (outcome,) = optimize_files(connection, [photo], {}, IN_PLACE)
    assert outcome.error == "A result .png can't replace a file .jpg."
    assert server.count("GET /download/job-0") == 0


@pytest.mark.parametrize("name", ["photo.jpeg", "photo.JPG"])
def test_spellings_of_a_suffix_are_one_kind(server, connection, images, name):
    (photo,) = images(name, content=b"\xff\xd8\xff".ljust(1000, b"i"))
    server.job_status = lambda name: {"status": "completed", "processed_filename": "photo.tinified.jpg"}
    (outcome,) = optimize_files(connection, [photo], {}, IN_PLACE)
    assert (outcome.error, photo.read_bytes()) == (None, RESULT)


def test_input_that_has_changed_meanwhile_is_left(server, connection, images, same_format):
    (hero,) = images("hero.png")

    def changed(request):
        hero.write_bytes(IMAGE * 2)
        return httpx2.Response(200, content=SMALLER)

    server.scripted["GET /download/job-0"].append(changed)
    (outcome,) = optimize_files(connection, [hero], {}, IN_PLACE)
    assert outcome.error == "The input was changed during the run. It was not replaced."
    assert (hero.read_bytes(), [each.name for each in hero.parent.iterdir()]) == (IMAGE * 2, ["hero.png"])


def test_url_is_not_replaced(server, connection, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (outcome,) = optimize_files(connection, ["https://site.test/hero.png"], {}, IN_PLACE)
    assert outcome.error == "--in-place can't replace it, because it is not a local file."
    assert server.requests == []


@pytest.mark.parametrize(("least", "largest"), [(0.1, 900), (0.001, 999), (0.0, 999), (None, 1000)])
def test_result_that_saves_too_little_is_not_kept(server, connection, images, least, largest):
    inputs, options = images("a.png"), Options(min_saving=least, resume=False)
    server.result = b"r" * largest
    assert [each.status for each in optimize_files(connection, inputs, {}, options)] == ["completed"]
    server.result += b"r"
    (outcome,) = optimize_files(connection, inputs, {}, options)
    assert (outcome.status, outcome.error, outcome.exit_code) == ("completed" if least is None else "kept", None, 0)
    assert outcome.as_dict()["saved"] == round(1 - len(server.result) / 1000, 4)


def test_input_that_is_kept_is_done_unless_less_is_asked(server, connection, images):
    server.result, inputs = b"r" * 950, images("hero.png")
    least = (0.1, 0.1, 0.2, 0.01)
    statuses = [optimize_files(connection, inputs, {}, Options(min_saving=each))[0].status for each in least]
    assert statuses == ["kept", "kept", "kept", "completed"]
    assert server.count("POST /upload") == 2


def test_dates_of_inputs_are_kept(connection, images):
    (hero,) = images("hero.png")
    os.utime(hero, (1_000_000_000, 1_100_000_000))
    (outcome,) = optimize_files(connection, [hero], {}, Options(preserve_dates=True))
    assert outcome.result.stat().st_mtime == 1_100_000_000


def test_names_do_not_depend_on_which_result_comes_first(server, connection, images, tmp_path):
    """The first input is done last."""
    last = threading.Event()

    def downloaded(request):
        if request.url.path == f"/download/{first_job()}":
            last.wait(5)
        else:
            last.set()
        return httpx2.Response(200, content=RESULT)

    def first_job():
        first_file = next((file for file, (name, _) in server.uploads.items() if name == "HERO.png"), None)
        return next((job for job, file in server.jobs.items() if file == first_file), None)

    for number in range(2):
        server.scripted[f"GET /download/job-{number}"].append(downloaded)
    inputs = images("a/HERO.png", "b/hero.png")
    outcomes = optimize_files(connection, inputs, {}, Options(out=tmp_path / "out"))
    assert [each.result.name for each in outcomes] == ["HERO.tinified.webp", "2-hero.tinified.webp"]
