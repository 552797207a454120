import json
from datetime import timedelta

import pytest
from moto.core import DEFAULT_ACCOUNT_ID
from moto.stepfunctions import stepfunctions_backends

from imgopt import clock
from imgopt.errors import Unavailable
from imgopt.settings import settings
from imgopt.storage import executions as machine_of
from imgopt.storage import table
from tests import pictures
from tests.aws_resources import REGION


def executions() -> list[str]:
    """Returns the names of all started executions on both machines, by job and attempt."""
    machines = stepfunctions_backends[DEFAULT_ACCOUNT_ID][REGION].state_machines
    started = [json.loads(execution.execution_input) for machine in machines for execution in machine.executions]
    return [machine_of.execution_name(each["job_id"], each["attempt"]) for each in started]


def ask(client, path, uploaded, **body):
    headers = {"X-Session-Token": uploaded["session_token"]}
    return client.post(path, json={"temp_file_ids": [uploaded["temp_file_id"]], **body}, headers=headers)


def test_a_job_is_created_and_its_execution_is_started(client, upload):
    uploaded = upload(pictures.png())
    answer = ask(client, "/auto", uploaded, settings={"output_format": "webp", "job_source": "wordpress"}).json()
    job = answer["jobs"][0]
    assert answer["success"] is True
    assert (job["status"], job["temp_file_id"], job["job_entry_point"]) == ("queued", uploaded["temp_file_id"], "auto")
    assert (job["output_format"], job["output_quality"], job["job_source"]) == ("webp", 80, "wordpress")
    assert executions() == [job["id"]]


def test_settings_may_be_left_out(client, upload):
    assert ask(client, "/auto", upload(pictures.png())).json()["jobs"][0]["output_format"] == "original"


def test_files_become_jobs_in_their_order(client, upload):
    first = upload(pictures.png())
    second = upload(pictures.jpeg(), token=first["session_token"])
    ids = [second["temp_file_id"], first["temp_file_id"]]
    answer = client.post("/auto", json={"temp_file_ids": ids}, headers={"X-Session-Token": first["session_token"]})
    assert [job["temp_file_id"] for job in answer.json()["jobs"]] == ids
    assert len(executions()) == 2


def test_compress_is_a_short_form(client, upload):
    asked = {"output_format": "jpg", "quality": 60}
    job = ask(client, "/compress", upload(pictures.png()), **asked).json()["jobs"][0]
    assert (job["output_format"], job["output_quality"], job["job_entry_point"]) == ("jpg", 60, "compress")


def test_the_short_forms_own_fields_override_its_settings_where_they_are_sent(client, upload):
    asked = {"settings": {"output_format": "webp", "output_quality": 33}, "quality": 60}
    job = ask(client, "/compress", upload(pictures.png()), **asked).json()["jobs"][0]
    assert (job["output_format"], job["output_quality"]) == ("webp", 60)


@pytest.mark.parametrize("token", ["invented", "", "null"])
def test_an_upload_can_not_be_processed_by_a_token_that_proves_nothing(client, upload, token):
    uploaded = upload(pictures.png())
    answer = ask(client, "/auto", {**uploaded, "session_token": token})
    assert (answer.status_code, executions()) == (404, [])


def test_upload_of_another_guest_can_not_be_processed(client, upload):
    mine, other = upload(pictures.png()), upload(pictures.png())
    assert ask(client, "/auto", {**mine, "session_token": other["session_token"]}).status_code == 404


def test_a_batch_with_one_unknown_file_creates_no_job(client, upload, stored):
    uploaded = upload(pictures.png())
    ids = [uploaded["temp_file_id"], "unknown"]
    headers = {"X-Session-Token": uploaded["session_token"]}
    assert client.post("/auto", json={"temp_file_ids": ids}, headers=headers).status_code == 404
    assert "JOB" not in stored()["items"]


def test_an_upload_that_has_expired_is_gone(client, upload, monkeypatch):
    uploaded = upload(pictures.png())
    two_days_later = clock.now() + timedelta(days=2)
    monkeypatch.setattr(clock, "now", lambda: two_days_later)
    answer = ask(client, "/auto", uploaded)
    assert (answer.status_code, executions()) == (410, [])
    assert "expired" in answer.json()["detail"]


@pytest.mark.parametrize("count", [0, 21])
def test_a_batch_has_at_least_one_file_and_at_most_as_many_as_allowed(client, upload, count):
    uploaded = upload(pictures.png())
    headers = {"X-Session-Token": uploaded["session_token"]}
    answer = client.post("/auto", json={"temp_file_ids": [uploaded["temp_file_id"]] * count}, headers=headers)
    assert answer.status_code == 422
    assert "1 to 20" in answer.json()["detail"][0]["msg"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/auto", {"settings": {"output_quality": 0}}),
        ("/auto", {"settings": {"output_format": "bmp"}}),
        ("/auto", {"settings": {"output_width": 9000}}),
        ("/auto", {"settings": None}),
        ("/compress", {"quality": 101}),
        ("/compress", {"output_format": "bmp"}),
        ("/compress", {"target_file_size": 0}),
    ],
)
def test_invalid_settings_are_refused_in_fastapis_shape(client, upload, path, body):
    answer = ask(client, path, upload(pictures.png()), **body)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][0] == "body"


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *(
            ("/auto", {"settings": {name: True}})
            for name in (
                "output_width",
                "output_height",
                "output_quality",
                "output_quality_target",
                "output_file_size_limit",
                "output_upscale_factor",
                "gif_frame_limit",
            )
        ),
        ("/auto", {"settings": {"outputs": [{"output_width": True}]}}),
        ("/compress", {"quality": True}),
        ("/compress", {"target_file_size": True}),
        ("/resize", {"width": True}),
        ("/upscale", {"factor": True}),
    ],
)
def test_true_is_no_number(client, upload, stored, path, body):
    answer = ask(client, path, upload(pictures.png()), **body)
    assert answer.status_code == 422
    assert not [item for item in stored()["items"] if item.startswith("JOB#")]


@pytest.mark.parametrize("media_type", ["text/plain", "application/x-www-form-urlencoded", ""])
@pytest.mark.parametrize("content", [b'{"temp_file_ids": []}', b"\xff\xfe"])
def test_a_body_that_is_not_said_to_be_json_is_refused_by_how_to_say_so(client, media_type, content):
    answer = client.post("/auto", content=content, headers={"Content-Type": media_type})
    assert answer.status_code == 422
    assert "Content-Type: application/json" in answer.json()["detail"][0]["msg"]


def test_a_text_in_place_of_a_list_is_called_so(client, upload):
    answer = ask(client, "/auto", upload(pictures.png()), settings={"accept": "image/avif"})
    assert "list" in answer.json()["detail"][0]["msg"]


@pytest.mark.parametrize("echoed", ["NaN", "-Infinity", '"\\ud800"'])
def test_input_that_json_can_not_echo_is_refused_all_the_same(client, upload, echoed):
    content = f'{{"temp_file_ids": [], "settings": {{"output_quality": {echoed}}}}}'
    answer = client.post("/auto", content=content, headers={"Content-Type": "application/json"})
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"] == ["body", "settings", "output_quality"]


@pytest.mark.parametrize("odd", ["", "x" * 5000, "\ud800", "FILE#1", "not-an-id"])
def test_an_id_that_can_not_be_one_is_not_found(client, upload, odd, monkeypatch):
    read = table.get_many

    def asked(keys):
        assert not [key for key in keys if key["sk"] == "FILE"]
        return read(keys)

    monkeypatch.setattr(table, "get_many", asked)
    token = upload(pictures.png())["session_token"]
    content = json.dumps({"temp_file_ids": [odd]})
    headers = {"X-Session-Token": token, "Content-Type": "application/json"}
    assert client.post("/auto", content=content, headers=headers).status_code == 404


def test_resize_is_a_short_form(client, upload):
    asked = {"width": 30, "height": 20, "resize_behavior": "crop", "settings": {"output_quality": 55}}
    job = ask(client, "/resize", upload(pictures.png()), **asked).json()["jobs"][0]
    assert (job["output_width"], job["output_height"], job["output_resize_behavior"]) == (30, 20, "crop")
    assert (job["output_quality"], job["job_entry_point"]) == (55, "resize")


def test_size_of_an_output_is_enough_to_resize(client, upload):
    asked = {"settings": {"outputs": [{"output_width": 30}, {}]}}
    assert ask(client, "/resize", upload(pictures.png()), **asked).status_code == 200


@pytest.mark.parametrize(
    "asked", [{}, {"width": None}, {"settings": {"output_quality": 50}}, {"settings": {"outputs": [{}]}}]
)
def test_resizing_to_no_size_is_refused(client, upload, stored, asked):
    answer = ask(client, "/resize", upload(pictures.png()), **asked)
    assert answer.status_code == 422
    assert answer.json()["detail"] == [
        {
            "type": "value_error",
            "loc": ["body"],
            "msg": "Give a width, a height, or both. To keep the size, use /compress.",
        }
    ]
    assert "JOB" not in stored()["items"]


def test_a_result_of_too_many_pixels_is_refused_before_a_job_is_created(client, upload, stored):
    strip = pictures.encode(pictures.draw("L", (10, 2000)), "PNG")
    answer = ask(client, "/auto", upload(strip), settings={"output_width": 8192})
    assert answer.status_code == 413
    assert "megapixels" in answer.json()["detail"]
    assert "JOB" not in stored()["items"]


@pytest.mark.parametrize("asked", [{"output_seo_tag_gen": True}, {"output_seo_rename": True}])
def test_words_that_nobody_says_are_not_set_up_and_not_paid(client, upload, stored, monkeypatch, asked):
    uploaded = upload(pictures.png())
    before = stored()
    monkeypatch.setenv("IMGOPT_TAGGER", "none")
    settings.cache_clear()
    answer = ask(client, "/auto", uploaded, settings=asked)
    assert (answer.status_code, answer.json()) == (501, {"detail": "Tagging is not set up."})
    assert stored() == before


def test_a_job_that_can_not_be_started_now_stays_queued(client, upload, monkeypatch):
    def refuse(job):
        raise Unavailable("down")

    monkeypatch.setattr("imgopt.jobs.repository.start_execution", refuse)
    answer = ask(client, "/auto", upload(pictures.png()))
    job = answer.json()["jobs"][0]
    found = client.get(f"/status/{job['id']}").json()["job"]
    assert (answer.status_code, job["status"], found["status"]) == (200, "queued", "queued")


def test_starting_a_standard_execution_twice_is_starting_it_once(aws):
    for _ in range(2):
        machine_of.start("3f1f2c9e-0000-4000-8000-000000000000", "guest")
    assert executions() == ["3f1f2c9e-0000-4000-8000-000000000000"]


@pytest.mark.parametrize(("setting", "told"), [("0", None), ("1", 1.2)])
def test_clients_are_told_when_to_ask_for_a_job(client, upload, monkeypatch, setting, told):
    monkeypatch.setenv("IMGOPT_POLL_AFTER", setting)
    settings.cache_clear()
    body = {"temp_file_ids": [upload(pictures.png())["temp_file_id"]]}
    assert client.post("/auto", json=body).json()["poll_after_seconds"] == told
