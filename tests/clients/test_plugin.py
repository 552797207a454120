"""The calls of the WordPress plugin: it checks its key, sends images of a library, and shows the results."""

import pytest

from functions.stages import fail
from imgopt.credits.cost import cost_of_step
from imgopt.imaging.plan import Step
from tests import pictures
from tests.clients.plugin import Plugin, Shown

WANTED = {
    "output_format": "webp",
    "output_quality": 75,
    "output_width": 30,
    "output_height": None,
    "output_resize_behavior": "pad",
    "output_seo_tag_gen": True,
}


def test_api_key_of_the_plugin_is_checked(plugin):
    assert plugin.verify() == {"valid": True, "tier": "free", "credits_remaining": 50}


def test_a_key_that_is_wrong_is_told(client, aws):
    with pytest.raises(Shown, match="Invalid or expired credentials"):
        Plugin(client, lambda _: None, "tfy_live_wrong").verify()


def test_a_picture_is_done_as_its_settings_say(plugin):
    done = plugin.optimize(pictures.jpeg(), "IMG 0001.jpg", **WANTED)
    assert (done["status"], done["processed_format"], done["processed_width"]) == ("completed", "webp", 30)
    assert (done["processed_size"], done["output_quality"], done["job_source"]) == (len(done["data"]), 75, "wordpress")
    assert done["seo_alt_text"] == "A kite over a beach."
    assert done["error_message"] is None
    cost = cost_of_step(Step.COMPRESS) + cost_of_step(Step.RESIZE) + cost_of_step(Step.TAG)
    assert plugin.verify()["credits_remaining"] == 50 - cost


def test_a_job_that_fails_says_why_and_costs_nothing(client, key):
    def damage(job_id: str) -> None:
        cause = '{"errorMessage": "The JPEG file is damaged."}'
        fail.handler({"job_id": job_id, "error": {"Error": "InvalidImage", "Cause": cause}}, None)

    plugin = Plugin(client, damage, key)
    with pytest.raises(Shown, match=r"The JPEG file is damaged\."):
        plugin.optimize(pictures.jpeg(), **WANTED)
    assert plugin.verify()["credits_remaining"] == 50


@pytest.mark.parametrize(
    ("data", "shown"),
    [(b"", "The file is empty"), (b"text", "Unsupported"), (pictures.png()[:-40], "truncated")],
)
def test_a_file_that_is_no_picture_is_explained(plugin, data, shown):
    with pytest.raises(Shown, match=shown):
        plugin.optimize(data)


def test_a_users_upload_takes_the_key(plugin, client):
    sent = {"file": ("a.png", pictures.png())}
    uploaded = client.post("/upload", files=sent, headers=plugin.headers).json()
    assert uploaded["session_token"] is None
    body = {"temp_file_ids": [uploaded["temp_file_id"]]}
    assert client.post("/auto", json=body).status_code == 404
