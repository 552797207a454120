"""A second run does only what the first did not."""

import json
import os
import threading
from pathlib import Path

import httpx2
import pytest

from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from imgopt_client.outcome import FACT_FIELDS
from imgopt_client.progress import ProgressListener
from imgopt_client.resume_state import EARLIER_NAME, Record, ResumeState, record_key
from tests.client.server import IMAGE, RESULT, SERVER, answer

SETTINGS = {"output_format": "webp"}
FACTS = {"before": 1000, "after": 7, "format": "webp", "width": 40, "height": 30}


class InterruptingListener(ProgressListener):
    """Ctrl-C after the first outcome, once the job of the second file is under way."""

    def __init__(self, server):
        self.server, self.waiting = server, threading.Event()
        server.job_status = self.status

    def status(self, filename):
        if filename == "a.png":
            return {"status": "completed"}
        self.waiting.set()
        return {"status": "processing"}

    def on_outcome(self, outcome):
        self.waiting.wait(5)
        self.server.job_status = lambda filename: {"status": "processing"}
        raise KeyboardInterrupt


@pytest.fixture
def optimize(connection):
    def run(inputs, settings=SETTINGS, **options):
        return [each.status for each in optimize_files(connection, inputs, settings, Options(**options))]

    return run


@pytest.fixture
def state_files(tmp_path):
    return lambda: sorted((tmp_path / "state").rglob("*.json"))


def test_file_task_skips_an_input_that_is_done(server, connection, images, optimize):
    inputs = images("a.png", "b.png")
    assert optimize(inputs) == ["completed"] * 2
    before = len(server.requests)
    outcomes = optimize_files(connection, inputs, SETTINGS)
    assert [(each.status, each.before, each.after) for each in outcomes] == [("skipped", 1000, 7)] * 2
    assert outcomes[0].result == inputs[0].with_name("a.tinified.webp")
    assert len(server.requests) == before


def test_results_of_earlier_runs_are_no_inputs(server, images, optimize):
    """A second run of `imgopt optimize *` names them."""
    inputs = images("a.png")
    optimize(inputs)
    result = inputs[0].with_name("a.tinified.webp")
    assert optimize([*inputs, result], overwrite=True) == ["completed", "skipped"]
    result.write_bytes(IMAGE)
    assert optimize([result]) == ["completed"]


def test_file_task_runs_again_for_other_settings(images, optimize):
    inputs = images("a.png")
    optimize(inputs)
    assert optimize(inputs, {"output_format": "avif"}) == ["completed"]


def test_file_task_runs_again_for_an_input_that_has_changed(images, optimize):
    inputs = images("a.png")
    optimize(inputs)
    os.utime(inputs[0], (1, 1))
    assert optimize(inputs) == ["completed"]


def test_file_task_runs_again_for_a_result_that_is_gone(images, optimize):
    inputs = images("a.png")
    optimize(inputs)
    inputs[0].with_name("a.tinified.webp").unlink()
    assert optimize(inputs) == ["completed"]
    assert optimize(inputs) == ["skipped"]


def test_overwrite_runs_all_again_and_keeps_their_names(images, optimize, tmp_path):
    inputs, out = images("a/hero.png", "b/hero.png"), tmp_path / "out"
    optimize(inputs, out=out)
    assert optimize(inputs, out=out, overwrite=True) == ["completed"] * 2
    assert sorted(path.name for path in out.iterdir()) == ["2-hero.tinified.webp", "hero.tinified.webp"]
    assert optimize(inputs, out=out) == ["skipped"] * 2


def test_resume_state_is_not_written_without_resume(images, optimize, state_files):
    optimize(images("a.png"), resume=False)
    assert state_files() == []


def test_resume_state_is_apart_from_results(images, optimize, state_files):
    (path,) = images("a.png")
    optimize([path])
    assert sorted(each.name for each in path.parent.iterdir()) == ["a.png", "a.tinified.webp"]
    assert len(state_files()) == 1


def test_resume_state_of_an_earlier_version_is_moved(images, optimize, state_files):
    inputs = images("a.png", "b.png")
    optimize(inputs[:1])
    (state,) = state_files()
    state.rename(inputs[0].parent / EARLIER_NAME)
    assert optimize(inputs) == ["skipped", "completed"]
    assert (state.exists(), (inputs[0].parent / EARLIER_NAME).exists()) == (True, False)


def test_resume_state_that_can_not_be_saved_is_told(connection, images, tmp_path):
    told = []
    listener = ProgressListener()
    listener.on_warning = told.append
    (tmp_path / "state").write_text("a file")
    (outcome,) = optimize_files(connection, images("a.png"), SETTINGS, progress=listener)
    assert outcome.status == "completed"
    assert told == [f"The state of this run can't be stored in {tmp_path / 'state' / 'imgopt'}: Not a directory."]


@pytest.fixture
def interrupted(server, connection, images) -> list[Path]:
    """Inputs of which the first is done, the second's job is under way and the third is not begun."""
    inputs = images("a.png", "b.png", "c.png")
    with pytest.raises(KeyboardInterrupt):
        optimize_files(connection, inputs, SETTINGS, Options(jobs=1), InterruptingListener(server))
    connection.cancel_token.event.clear()
    server.job_status = lambda filename: {"status": "completed"}
    return inputs


def test_interrupted_run_continues_where_it_was(server, interrupted, optimize):
    assert (server.count("POST /upload"), server.count("POST /auto")) == (2, 2)
    assert optimize(interrupted) == ["skipped", "completed", "completed"]
    assert (server.count("POST /upload"), server.count("POST /auto")) == (3, 3)
    assert interrupted[1].with_name("b.tinified.webp").read_bytes() == RESULT


def test_file_task_submits_a_job_that_is_gone_again(server, interrupted, optimize):
    server.scripted["GET /status/job-1"].append(answer({"detail": "There is no such job."}, 404))
    assert optimize(interrupted) == ["skipped", "completed", "completed"]
    assert server.count("POST /upload") == 4


def test_file_task_reports_and_forgets_a_job_that_has_failed_meanwhile(server, interrupted, optimize):
    server.job_status = lambda filename: {"status": "failed" if filename == "b.png" else "completed"}
    assert optimize(interrupted) == ["skipped", "failed", "completed"]
    server.job_status = lambda filename: {"status": "completed"}
    assert optimize(interrupted) == ["skipped", "completed", "skipped"]
    assert server.count("POST /upload") == 4


def test_interrupted_run_leaves_no_partial_files(interrupted):
    left = {path.name for path in interrupted[0].parent.iterdir()}
    assert left == {"a.png", "b.png", "c.png", "a.tinified.webp"}


@pytest.fixture
def killed(monkeypatch):
    """Runs end without a chance to put anything away."""
    monkeypatch.setattr(ResumeState, "close", lambda state: None)


def test_run_that_was_killed_is_gone_on_with(server, images, optimize, state_files, killed):
    inputs = images("a.png", "b.png")
    optimize(inputs[:1])
    assert state_files() == []
    assert optimize(inputs) == ["skipped", "completed"]
    assert server.count("POST /upload") == 2


@pytest.fixture
def optimize_interrupted(connection, optimize):
    def run(inputs):
        with pytest.raises(KeyboardInterrupt):
            optimize(inputs)
        connection.cancel_token.event.clear()

    return run


def test_job_that_was_asked_for_without_an_answer_is_paid_once(server, images, optimize, optimize_interrupted):
    """Either the answer was lost, or the run was killed."""
    server.scripted["POST /auto"].append(httpx2.ReadError("reset"))
    inputs = images("a.png", "b.png")
    assert optimize(inputs[:1]) == ["completed"]
    server.scripted["POST /auto"].append(KeyboardInterrupt())
    optimize_interrupted(inputs[1:])
    assert optimize(inputs[1:]) == ["completed"]
    keys = [each.headers["idempotency-key"] for each in server.requests if each.url.path == "/auto"]
    assert [each.split(".")[0] for each in keys] == ["file-0", "file-0", "file-1", "file-1"]
    assert len(set(keys)) == 2
    assert server.count("POST /upload") == 2


def test_upload_that_is_gone_is_made_again(server, images, optimize, optimize_interrupted):
    server.scripted["POST /auto"].extend([KeyboardInterrupt(), answer({"detail": "Temp file not found."}, 404)])
    inputs = images("a.png")
    optimize_interrupted(inputs)
    assert optimize(inputs) == ["completed"]
    assert server.count("POST /upload") == 2


def test_runs_side_by_side_know_of_each_other(tmp_path):
    one, other = (ResumeState(tmp_path / "images", tmp_path / "state") for _ in range(2))
    one.put("a", Record("a.png", [1, 1]))
    assert other.get("a") == Record("a.png", [1, 1])
    one.put("b", Record("b.png", [1, 1]))
    one.close()
    other.put("c", Record("c.png", [1, 1]))
    assert other.get("b") == Record("b.png", [1, 1])
    one.put("d", Record("d.png", [1, 1]))
    other.remove("a")
    other.close()
    assert sorted(ResumeState(tmp_path / "images", tmp_path / "state").records) == ["b", "c", "d"]


def test_journal_that_is_damaged_is_read_as_far_as_it_is_whole(tmp_path):
    state = ResumeState(tmp_path / "images", tmp_path / "state")
    state.put("a", Record("a.png", [1, 1]))
    with state.journal.path.open("ab") as file:
        file.write(b'\xff\n[]\n{"key": "b", "record": {"unknown": 1}}\n{"key": "c"')
    assert list(ResumeState(tmp_path / "images", tmp_path / "state").records) == ["a"]
    assert state.journal.path.stat().st_mode & 0o777 == 0o600


def test_resume_state_is_readable_by_its_owner_alone(interrupted, state_files):
    (path,) = state_files()
    assert path.stat().st_mode & 0o777 == 0o600
    assert "secret" not in path.read_text()


def test_resume_state_keeps_the_format_of_its_file(images, optimize, state_files):
    (path,) = images("a.png")
    optimize([path])
    content = json.loads(state_files()[0].read_text())
    assert (content["version"], content["folder"]) == (1, str(path.parent))
    assert content["records"] == {
        record_key(str(path), SETTINGS, SERVER): {
            "input": str(path),
            "stamp": [1000, path.stat().st_mtime_ns],
            "job_id": None,
            "result": "a.tinified.webp",
            "facts": {**dict.fromkeys(FACT_FIELDS), **FACTS},
            "kept": False,
            "upload_id": None,
            "replaced": None,
        }
    }
    assert record_key("/a.png", SETTINGS, SERVER) == "fe3fb362cec72173aa0ba96f482c4ab5"


@pytest.mark.parametrize("content", ["", "{", "[]", '{"version": 9, "records": {}}', '{"version": 1, "records": [1]}'])
def test_resume_state_that_is_not_understood_is_replaced(images, optimize, state_files, content):
    inputs = images("a.png")
    optimize(inputs)
    (path,) = state_files()
    path.write_text(content)
    assert optimize(inputs) == ["completed"]
    assert json.loads(path.read_text())["version"] == 1
