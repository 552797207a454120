"""`--watch`: new and changed files are processed."""

from functools import partial

import pytest

from imgopt_client.connection import connect
from imgopt_client.options import Options
from imgopt_client.progress import NO_PROGRESS, ProgressListener
from imgopt_client.watching import watch_files
from tests.client.server import IMAGE, SERVER


class Outcomes(ProgressListener):
    def __init__(self):
        self.told = []

    def on_outcome(self, outcome):
        self.told.append((outcome.source.name, str(outcome.status)))


@pytest.fixture
def watch(http, images):
    """Returns the output while the steps are taken, one at each check, until Ctrl-C."""

    def run(*steps, **more):
        left = [*steps]

        def pause(seconds):
            if not left:
                raise KeyboardInterrupt
            left.pop(0)()

        outcomes = Outcomes()
        folder = images("a.png")[0].parent
        with connect(SERVER, http=http, sleep=pause) as connection, pytest.raises(KeyboardInterrupt):
            watch_files(connection, [str(folder)], {}, Options(recursive=True, **more), outcomes)
        return outcomes.told

    return run


def nothing():
    pass


def test_files_that_are_there_are_done_first(watch):
    assert watch(nothing, nothing) == [("a.png", "completed")]


def test_new_file_is_done_once_it_has_stopped_growing(watch, images):
    first, more = (partial(images, "b.png", content=IMAGE * times) for times in (1, 2))
    told = watch(first, more, nothing, nothing, nothing)
    assert told == [("a.png", "completed"), ("b.png", "completed")]


def test_changed_file_is_done_again(watch, images):
    assert watch(partial(images, "a.png", content=IMAGE * 2), nothing, nothing) == [("a.png", "completed")] * 2


def test_file_that_fails_is_not_tried_again_until_it_changes(watch, images):
    bad, good = partial(images, "b.png", content=b"GIF89a text"), partial(images, "b.png")
    told = watch(bad, nothing, nothing, good, nothing)
    assert told == [("a.png", "completed"), ("b.png", "failed"), ("b.png", "completed")]


def test_result_that_replaced_its_input_is_no_change(server, watch):
    server.job_status = lambda name: {"status": "completed", "processed_filename": name}
    told = watch(nothing, nothing, nothing, in_place=True)
    assert told == [("a.png", "completed")]


def test_folder_that_is_empty_is_waited_for(watch, images, tmp_path):
    told = watch((tmp_path / "images" / "a.png").unlink, nothing, partial(images, "c.png"), nothing, nothing)
    assert told[-1] == ("c.png", "completed")


def test_watching_needs_no_progress_listener(http, images):
    def stop(seconds):
        raise KeyboardInterrupt

    (path,) = images("a.png")
    with connect(SERVER, http=http, sleep=stop) as connection, pytest.raises(KeyboardInterrupt):
        watch_files(connection, [str(path)], {}, Options(), NO_PROGRESS)
    assert path.with_name("a.tinified.webp").exists()
