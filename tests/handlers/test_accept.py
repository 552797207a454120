"""Which formats `auto` may choose from: by the settings, else by the request's Accept header."""

import pytest

from tests import pictures


@pytest.fixture
def ask(client, upload, run_stages):
    def send(settings: dict, accept: str) -> dict:
        uploaded = upload(pictures.jpeg())
        headers = {"X-Session-Token": uploaded["session_token"], "Accept": accept}
        body = {"temp_file_ids": [uploaded["temp_file_id"]], "settings": settings}
        job = client.post("/auto", json=body, headers=headers).raise_for_status().json()["jobs"][0]
        run_stages(job["id"])
        return client.get(f"/status/{job['id']}").json()["job"]

    return send


@pytest.mark.parametrize(
    ("settings", "accept", "tried"),
    [
        ({"accept": ["image/webp"]}, "image/avif", ["webp"]),
        ({}, "image/webp, application/json", ["webp"]),
        ({}, "*/*", ["jpg", "avif"]),
    ],
    ids=["settings", "header", "neither"],
)
def test_formats_are_those_of_the_settings_or_else_of_the_header(ask, settings, accept, tried):
    job = ask({"output_format": "auto", **settings}, accept)
    assert [each["format"] for each in job["candidates"]] == tried
    assert job["output_format"] == "auto"


def test_header_chooses_nothing_where_a_format_is_asked_for(ask):
    job = ask({"output_format": "png"}, "image/webp")
    assert (job["processed_format"], job["candidates"]) == ("png", None)


def test_results_of_one_upload_may_each_be_chosen(ask):
    job = ask({"outputs": [{"output_format": "auto"}, {"output_format": "png"}]}, "image/webp")
    assert [each["processed_format"] for each in job["outputs"]] == ["webp", "png"]
