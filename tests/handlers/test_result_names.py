"""Names of results made from tags: plain if possible, and different for each result of a call."""

from io import BytesIO
from zipfile import ZipFile

import pytest

from functions.stages import finish
from imgopt.jobs.names import choose_name
from imgopt.tagging import service as tagging
from imgopt.tagging.model import ImageTags
from tests import pictures


@pytest.fixture
def says(monkeypatch):
    """The slugs that pictures get, one after the other."""

    def say(*slugs: str) -> None:
        given = iter(slugs)

        class Tagger:
            def tag(self, image, briefing):
                return ImageTags("A red corner.", ("red", "blue", "corner"), next(given), "somebody")

        monkeypatch.setattr(tagging, "tagger", Tagger)

    return say


@pytest.fixture
def call(client, upload):
    """The jobs of one call about pictures of one guest."""

    def send(*pictures_sent: bytes, **settings: object) -> list[dict]:
        first = upload(pictures_sent[0])
        others = [upload(each, token=first["session_token"]) for each in pictures_sent[1:]]
        body = {"temp_file_ids": [each["temp_file_id"] for each in (first, *others)], "settings": settings}
        headers = {"X-Session-Token": first["session_token"]}
        return client.post("/auto", json=body, headers=headers).raise_for_status().json()["jobs"]

    return send


def names(client, jobs) -> list[str]:
    return [client.get(f"/status/{job['id']}").json()["job"]["seo_filename"] for job in jobs]


def test_two_results_of_a_call_are_numbered_where_they_would_collide(client, call, says, run_stages):
    says("kite", "boat", "kite", "kite")
    jobs = call(pictures.png(), pictures.png(), pictures.jpeg(), pictures.png(), output_seo_rename=True)
    for job in jobs:
        run_stages(job["id"])
    assert names(client, jobs) == ["kite", "boat", "kite-2", "kite-3"]
    files = [client.get(f"/download/{job['id']}").headers["content-disposition"].split('"')[1] for job in jobs]
    assert files == ["kite.png", "boat.png", "kite-2.jpg", "kite-3.png"]
    packed = client.get("/download", params={"job_ids": ",".join(job["id"] for job in jobs)}).content
    assert ZipFile(BytesIO(packed)).namelist() == files


def test_a_number_does_not_collide_with_what_is_said(client, call, says, run_stages):
    says("kite", "kite", "kite-2")
    jobs = call(*[pictures.png()] * 3, output_seo_tag_gen=True)
    for job in jobs:
        run_stages(job["id"])
    assert names(client, jobs) == ["kite", "kite-2", "kite-2-2"]


def test_results_of_other_calls_have_plain_names(client, call, says, run_stages):
    says("kite", "kite", "kite")
    jobs = [call(pictures.png(), output_seo_tag_gen=True)[0] for _ in range(2)]
    several = call(pictures.png(), pictures.png(), output_seo_tag_gen=True)
    for job in (*jobs, several[1]):
        run_stages(job["id"])
    assert names(client, [*jobs, several[1]]) == ["kite"] * 3


def test_a_slug_is_bare(client, call, says, run_stages):
    says("red-kite")
    (job,) = call(pictures.png(), output_seo_tag_gen=True, output_format="webp")
    run_stages(job["id"])
    assert names(client, [job]) == ["red-kite"]


def test_several_results_of_an_upload_are_numbered_where_they_would_collide(client, call, says, run_stages):
    says("kite", "kite")
    outputs = [{"output_width": 20}, {"output_width": 20, "output_quality": 40}]
    jobs = call(pictures.png(), pictures.png(), output_seo_rename=True, outputs=outputs)
    for job in jobs:
        run_stages(job["id"])
    told = [client.get(f"/status/{job['id']}").json()["job"]["outputs"] for job in jobs]
    files = [output["processed_filename"] for outputs in told for output in outputs]
    assert files == ["kite-20w.png", "kite-20w-2.png", "kite-2-20w.png", "kite-2-20w-2.png"]


def test_a_stage_that_is_repeated_finds_the_same_name(client, call, says, run_stages):
    says("kite", "kite")
    jobs = call(pictures.png(), pictures.png(), output_seo_tag_gen=True)
    states = [run_stages(job["id"]) for job in jobs]
    for state in reversed(states):
        finish.handler(state, None)
    assert names(client, jobs) == ["kite", "kite-2"]


def test_job_without_a_call_id_is_finished(client, call, says, run_stages):
    says("kite")
    (job,) = call(pictures.png(), output_seo_tag_gen=True)
    state = run_stages(job["id"])
    del state["call_id"]
    finish.handler(state, None)
    assert names(client, [job]) == ["kite"]


@pytest.mark.usefixtures("aws")
def test_names_are_distinct_and_stable_within_a_call():
    given = [choose_name("kite", f"job-{number}", "call") for number in range(20)]
    assert given == ["kite", *(f"kite-{number}" for number in range(2, 21))]
    assert [choose_name("kite", f"job-{number}", "call") for number in range(20)] == given
