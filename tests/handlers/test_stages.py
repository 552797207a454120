"""The stages as the state machine calls them, with tables and buckets in this process."""

import json

import pytest

from functions.stages import fail, finish, optimize, plan
from imgopt.errors import InvalidImage, NotFound, TooCostly
from imgopt.imaging import sandboxed
from imgopt.imaging.artifact import STOPPED, Artifact, ArtifactFile
from imgopt.storage import clients, table
from imgopt.telemetry import reference_of
from tests import pictures
from tests.conftest import UPLOADS
from tests.stage_modules import MODULE_OF_STAGE


def failure(job_id: str, error: str = "InvalidImage", message: str = "The PNG file is damaged.") -> dict:
    return {"job_id": job_id, "error": {"Error": error, "Cause": json.dumps({"errorMessage": message})}}


@pytest.fixture
def status(client):
    return lambda job_id: client.get(f"/status/{job_id}").json()["job"]


def test_a_job_goes_through_all_stages(submit, run_stages, status):
    job = submit(pictures.jpeg(), "hero.jpg", output_format="png")
    run_stages(job["id"])
    done = status(job["id"])
    assert (done["status"], done["executed_compress"], done["executed_resize"]) == ("completed", True, False)
    assert (done["processed_format"], done["processed_filename"]) == ("png", "hero.tinified.png")
    assert (done["processed_width"], done["processed_height"]) == (pictures.WIDTH, pictures.HEIGHT)
    assert done["processed_compression_ratio"] == round(done["processed_size"] / done["original_size"], 4)
    assert "oxipng" in done["encoder"]
    assert done["started_at"] <= done["completed_at"]


def test_result_is_stored_with_all_that_functions_of_version_0_1_require(submit, run_stages):
    job = submit(pictures.jpeg())
    run_stages(job["id"])
    stored = table.get(table.key("JOB", job["id"]))["result"]
    required = ("key", "mime_type", "size", "format", "width", "height", "encoder", "quality", "original_returned")
    assert stored.keys() >= {*required}
    assert stored["mime_type"] == "image/jpeg"


def test_a_resized_job_says_so(submit, run_stages, status):
    job = submit(pictures.jpeg(), output_width=24, output_format="webp")
    run_stages(job["id"])
    done = status(job["id"])
    assert (done["executed_resize"], done["processed_width"], done["processed_height"]) == (True, 24, 16)


@pytest.mark.parametrize(("limit", "met"), [(100_000, True), (20, False)])
def test_a_job_tells_whether_it_met_the_limit_on_its_size(submit, run_stages, status, limit, met):
    job = submit(pictures.jpeg(), output_file_size_limit=limit)
    run_stages(job["id"])
    assert status(job["id"])["size_limit_met"] is met


def test_a_search_that_was_stopped_early_is_a_warning(submit, run_stages, status, monkeypatch):
    made = ArtifactFile(Artifact("jpg", 48, 32, "jpegli", 20, size_limit_met=False, warning=STOPPED), pictures.jpeg())
    monkeypatch.setattr(sandboxed, "optimize_sandboxed", lambda *_: [made])
    job = submit(pictures.jpeg(), output_file_size_limit=20)
    run_stages(job["id"])
    done = status(job["id"])
    assert (done["status"], done["size_limit_met"], done["warning"]) == ("completed", False, STOPPED)


def test_a_job_that_takes_more_than_its_credits_pay_for_fails_and_is_not_charged(client, submit, status, monkeypatch):
    def refuse(*_):
        raise TooCostly("This image needs more computing time than its credits pay for (45 s).")

    monkeypatch.setattr(sandboxed, "optimize_sandboxed", refuse)
    job = submit(pictures.jpeg())
    state = plan.handler({"job_id": job["id"]}, None)
    with pytest.raises(TooCostly) as caught:
        optimize.handler(state, None)
    fail.handler(failure(job["id"], "TooCostly", str(caught.value)), None)
    failed = status(job["id"])
    assert (failed["status"], failed["error_message"]) == ("failed", str(caught.value))
    assert failed["credits_used"] == 0


def test_a_job_tells_how_many_frames_it_has_left(submit, run_stages, status):
    job = submit(pictures.gif(frames=6), "a.gif", gif_frame_limit=3)
    run_stages(job["id"])
    assert status(job["id"])["processed_frames"] == 3


def test_a_job_that_is_taken_up_is_processing(submit, status):
    job = submit(pictures.png())
    plan.handler({"job_id": job["id"]}, None)
    assert status(job["id"])["status"] == "processing"


def test_the_state_holds_no_file_name_and_no_pixels(submit):
    job = submit(pictures.png(), "secret plans.png")
    state = plan.handler({"job_id": job["id"]}, None)
    state["made"] = {"pixels": optimize.handler(state, None), "said": {}}
    assert "secret" not in json.dumps(state)
    assert len(json.dumps(state)) < 2000


def test_every_stage_can_be_repeated_before_a_job_is_finished(submit, run_stages, status):
    job = submit(pictures.png())
    run_stages(job["id"])
    before = status(job["id"])
    job = submit(pictures.png())
    plan.handler({"job_id": job["id"]}, None)
    plan.handler({"job_id": job["id"]}, None)
    state = run_stages(job["id"])
    assert optimize.handler(state, None) == state["made"]["pixels"]
    assert status(job["id"])["processed_size"] == before["processed_size"]


def test_finishing_twice_changes_nothing(submit, run_stages, status):
    job = submit(pictures.png())
    state = run_stages(job["id"])
    before = status(job["id"])
    finish.handler(state, None)
    assert status(job["id"]) == before


@pytest.mark.parametrize("change", ["key", "format", "made up"])
def test_a_job_takes_no_result_but_its_own(submit, run_stages, status, log_lines, change):
    """A stage that was taken over by what it read could name any."""
    other, job = submit(pictures.png()), submit(pictures.jpeg())
    theirs = run_stages(other["id"])["made"]["pixels"]
    state = plan.handler({"job_id": job["id"]}, None)
    pixels = optimize.handler(state, None)
    lies = {"key": {"key": theirs["key"]}, "format": {"format": "webp"}, "made up": {"format": "exe", "key": ""}}
    state["made"] = {"pixels": {**pixels, **lies[change]}, "said": {}}
    with pytest.raises(InvalidImage, match="matched to this job"):
        finish.handler(state, None)
    assert status(job["id"])["status"] == "processing"
    assert any(line["message"].startswith("a stage answered by a key") for line in log_lines())


def test_a_completed_job_can_not_fail_afterwards(submit, run_stages, status):
    job = submit(pictures.png())
    run_stages(job["id"])
    fail.handler(failure(job["id"]), None)
    assert status(job["id"])["status"] == "completed"


def test_a_failed_job_can_not_be_taken_up_or_completed_afterwards(submit, status):
    job = submit(pictures.png())
    state = plan.handler({"job_id": job["id"]}, None)
    state["made"] = {"pixels": optimize.handler(state, None), "said": {}}
    fail.handler(failure(job["id"]), None)
    finish.handler(state, None)
    assert plan.handler({"job_id": job["id"]}, None) == {"taken": True}
    found = status(job["id"])
    assert (found["status"], found["error_message"]) == ("failed", "The PNG file is damaged.")


def test_a_failed_job_does_not_tell_of_our_insides(submit, status):
    job = submit(pictures.png())
    fail.handler(failure(job["id"], "KeyError", "/var/task/secret.py"), None)
    assert status(job["id"])["error_message"] == "Processing failed unexpectedly. Please try again."


def test_a_job_is_not_completed_before_s3_confirms_its_file(submit, status):
    job = submit(pictures.png())
    state = plan.handler({"job_id": job["id"]}, None)
    state["made"] = {"pixels": optimize.handler(state, None), "said": {}}
    clients.s3().delete_object(Bucket="results", Key=state["made"]["pixels"]["key"])
    with pytest.raises(NotFound):
        finish.handler(state, None)
    assert status(job["id"])["status"] == "processing"


def test_a_job_is_not_completed_with_another_file_than_was_made(submit, status):
    job = submit(pictures.png())
    state = plan.handler({"job_id": job["id"]}, None)
    state["made"] = {"pixels": optimize.handler(state, None), "said": {}}
    clients.s3().put_object(Bucket="results", Key=state["made"]["pixels"]["key"], Body=b"half")
    with pytest.raises(InvalidImage):
        finish.handler(state, None)
    assert status(job["id"])["status"] == "processing"


def test_log_lines_carry_job_and_owner_and_no_file_name(submit, run_stages, log_lines, capsys):
    job = submit(pictures.png(), "secret plans.png")
    run_stages(job["id"])
    printed = map(json.loads, capsys.readouterr().out.splitlines())
    stages = [line for line in printed if line.get("message") == "stage done"]
    assert [line["stage"] for line in stages] == ["plan", "optimize", "finish"]
    assert all(line["job_id"] == reference_of(job["id"]) and line["owner"].startswith("guest") for line in stages)
    assert "secret" not in json.dumps([*log_lines(), *stages])


def test_stages_of_tests_are_those_of_the_state_machine(submit, run_stages, capsys):
    """`run_stages` of conftest.py calls all of them, but what it upscales by a network that needs no files."""
    run_stages(submit(pictures.png(), output_upscale_factor=2, output_seo_tag_gen=True)["id"])
    printed = map(json.loads, capsys.readouterr().out.splitlines())
    ran = {line["stage"] for line in printed if "stage" in line}
    assert ran == set(MODULE_OF_STAGE) - {"upscale", "fail"}, "run_stages in tests/handlers/conftest.py calls them"


def test_a_stage_that_refuses_logs_why(submit, log_lines):
    job = submit(pictures.png())
    state = plan.handler({"job_id": job["id"], "owner": "guest"}, None)
    clients.s3().delete_object(Bucket=UPLOADS, Key=state["source_key"])
    with pytest.raises(NotFound):
        optimize.handler(state, None)
    line = log_lines()[-1]
    assert (line["message"], line["reason"], line["job_id"]) == ("stage refused", "NotFound", reference_of(job["id"]))
