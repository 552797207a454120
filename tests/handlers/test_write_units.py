"""The write units of DynamoDB for a guest's image, from the upload to its deletion."""

from benchmarks.costs import WRITE_UNITS
from functions.schedules import cleanup
from tests import capacity, pictures
from tests.handlers.conftest import Lambda


def test_an_image_of_a_guest_takes_few_write_units(client, upload, run_stages, clock_at):
    with capacity.metered() as of_the_upload:
        uploaded = upload(pictures.jpeg(), "hero.jpg")
    headers = {"X-Session-Token": uploaded["session_token"]}
    with capacity.metered() as of_the_call:
        body = {"temp_file_ids": [uploaded["temp_file_id"]]}
        job = client.post("/auto", json=body, headers=headers).raise_for_status().json()["jobs"][0]
    with capacity.metered() as of_the_stages:
        run_stages(job["id"])
    clock_at(days=2)
    with capacity.metered() as of_cleaning:
        cleanup.handler({}, Lambda())
    parts = {"upload": of_the_upload, "call": of_the_call, "stages": of_the_stages, "cleaning": of_cleaning}
    assert {name: each.units for name, each in parts.items()} == WRITE_UNITS
