"""Several results of one upload, as clients see them."""

import io
import zipfile

import pytest

from functions.stages import optimize, plan
from imgopt.imaging import sandboxed
from imgopt.storage import objects
from tests import pictures
from tests.conftest import RESULTS

WIDTHS = [{"output_width": 24}, {"output_width": 12}, {"output_width": 24, "output_format": "webp"}]


@pytest.fixture
def make(client, submit, run_stages):
    def make_job(outputs=WIDTHS, **shared):
        job = submit(pictures.jpeg(), "hero.jpg", outputs=outputs, **shared)
        run_stages(job["id"])
        return client.get(f"/status/{job['id']}").json()["job"]

    return make_job


def test_job_shows_all_results_and_the_first_as_its_own(make):
    job = make()
    shown = [(each["processed_format"], each["processed_width"], each["mime_type"]) for each in job["outputs"]]
    assert shown == [("jpg", 24, "image/jpeg"), ("jpg", 12, "image/jpeg"), ("webp", 24, "image/webp")]
    assert (job["processed_width"], job["processed_filename"]) == (24, job["outputs"][0]["processed_filename"])
    assert job["executed_resize"] is True


def test_job_of_one_result_shows_no_outputs(client, submit, run_stages):
    job = submit(pictures.jpeg())
    run_stages(job["id"])
    shown = client.get(f"/status/{job['id']}").json()["job"]
    assert (shown["outputs"], shown["srcset"]) == (None, None)


def test_results_are_named_by_their_widths(make):
    names = [each["processed_filename"] for each in make([*WIDTHS, {"output_width": 12}])["outputs"]]
    assert names == [
        "hero-24w.tinified.jpg",
        "hero-12w.tinified.jpg",
        "hero-24w.tinified.webp",
        "hero-12w.tinified-2.jpg",
    ]


def test_srcset_of_each_type_can_be_pasted(make):
    job = make([*WIDTHS, {"output_width": 24, "output_quality": 50}])
    path = f"/download/{job['id']}"
    assert job["srcset"] == {
        "image/jpeg": f"{path} 24w, {path}?output=2 12w",
        "image/webp": f"{path}?output=3 24w",
    }


def test_each_result_is_downloaded_from_its_address(client, make):
    for output in make()["outputs"]:
        answer = client.get(output["download_url"])
        assert answer.headers["content-type"] == output["mime_type"]
        assert pictures.open_image(answer.content).width == output["processed_width"]
        assert output["processed_filename"] in answer.headers["content-disposition"]


def test_results_have_entity_tags_of_their_own(client, make):
    tags = [client.get(each["download_url"]).headers["etag"] for each in make()["outputs"]]
    assert len({*tags}) == len(WIDTHS)


def test_signed_address_is_that_of_the_result_that_was_asked_for(client, make):
    job = make()
    signed = client.get(f"/download/{job['id']}/url", params={"output": 3}).json()
    assert signed["content_type"] == "image/webp"
    assert signed["size"] == job["outputs"][2]["processed_size"]


@pytest.mark.parametrize(("output", "status"), [(4, 404), (0, 422), (9, 422)])
def test_result_that_there_is_not_is_refused(client, make, output, status):
    assert client.get(f"/download/{make()['id']}", params={"output": output}).status_code == status


def test_archive_has_all_results(client, make):
    job = make()
    archive = zipfile.ZipFile(io.BytesIO(client.get("/download", params={"job_ids": job["id"]}).content))
    assert archive.namelist() == [each["processed_filename"] for each in job["outputs"]]


def test_each_output_is_charged_for(client, submit):
    one, three = (submit(pictures.jpeg(), outputs=each)["credits_used"] for each in (WIDTHS[:1], WIDTHS))
    assert three == 3 * one


def test_files_of_all_results_are_deleted_with_the_job(client, upload, run_stages, stored):
    uploaded = upload(pictures.jpeg())
    headers = {"X-Session-Token": uploaded["session_token"]}
    body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": {"outputs": WIDTHS}}
    job = client.post("/auto", json=body, headers=headers).json()["jobs"][0]
    run_stages(job["id"])
    assert len(stored()["results"]) == len(WIDTHS)
    client.delete(f"/jobs/{job['id']}", headers=headers).raise_for_status()
    assert stored()["results"] == []


def test_results_that_an_attempt_before_has_made_are_not_made_again(submit, monkeypatch):
    job = submit(pictures.jpeg(), outputs=WIDTHS)
    state = plan.handler({"job_id": job["id"]}, None)
    made = optimize.handler(state, None)
    monkeypatch.setattr(sandboxed, "optimize_sandboxed", lambda *_: pytest.fail("made again"))
    assert optimize.handler({**state, "attempt": 2}, None) == made
    assert [each["format"] for each in made["others"]] == ["jpg", "webp"]


def test_results_are_made_again_where_one_is_missing(submit):
    job = submit(pictures.jpeg(), outputs=WIDTHS)
    state = plan.handler({"job_id": job["id"]}, None)
    made = optimize.handler(state, None)
    objects.delete(RESULTS, made["others"][1]["key"])
    assert optimize.handler({**state, "attempt": 2}, None) == made
    assert objects.stat(RESULTS, made["others"][1]["key"]).size == made["others"][1]["size"]


def test_job_shows_what_its_image_looks_like(make):
    job = make()
    assert job["thumbhash"]
    assert job["dominant_colors"][0].startswith("#")
