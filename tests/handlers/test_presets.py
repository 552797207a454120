"""Presets in jobs: listed by /config, and requested by /auto."""

import pytest

from imgopt.errors import InvalidRequest
from imgopt.image_urls.job_settings import job_settings
from imgopt.settings import settings
from tests import pictures
from tests.image_urls.changes import CHANGES

FILL = "With the preset a, jobs enlarge an image that is smaller than the requested size."


def configure(monkeypatch: pytest.MonkeyPatch, presets: str) -> None:
    monkeypatch.setenv("IMGOPT_PRESETS", presets)
    settings.cache_clear()


@pytest.mark.parametrize(
    ("options", "found", "warnings"),
    [
        ("w:300", {"output_width": 300, "output_resize_behavior": "fit"}, []),
        ("w:300/el:1", {"output_width": 300, "output_resize_behavior": "pad"}, []),
        ("rt:force/h:200", {"output_height": 200, "output_resize_behavior": "fit"}, []),
        ("s:300:200", {"output_width": 300, "output_height": 200, "output_resize_behavior": "fit"}, []),
        ("s:3:2:1:1", {"output_width": 3, "output_height": 2, "output_resize_behavior": "pad"}, []),
        ("rs:fill:3:2:1/g:sm", {"output_width": 3, "output_height": 2, "output_resize_behavior": "crop"}, []),
        ("rs:fill:3:2", {"output_width": 3, "output_height": 2, "output_resize_behavior": "crop"}, [FILL]),
        ("f:jpeg/q:70", {"output_format": "jpg", "output_quality": 70}, []),
        ("target:high/upscale:2", {"output_quality_target": 80, "output_upscale_factor": 2}, []),
        ("mb:5000/bg:fc0", {"output_file_size_limit": 5000, "output_background": "#ffcc00"}, []),
        ("words:1", {"output_seo_tag_gen": True}, []),
        ("g:no", {}, []),
        (
            "cb:1/att:1",
            {},
            [f"{name} of the preset a has no effect on jobs." for name in ("cachebuster", "attachment")],
        ),
        ("scp:0", {}, ["strip_color_profile of the preset a has no effect on jobs."]),
    ],
)
def test_a_preset_is_settings_of_a_job(environment, monkeypatch, options, found, warnings):
    configure(monkeypatch, f"a={options}")
    known = job_settings("a")
    assert (known.settings, [*known.warnings]) == ({"keep_metadata": "copyright", **found}, warnings)


@pytest.mark.parametrize(("options", "kept"), [("sm:0", "all"), ("kcr:0", "none"), ("w:1", "copyright")])
def test_metadata_is_kept_as_in_urls(environment, monkeypatch, options, kept):
    configure(monkeypatch, f"a={options}")
    assert job_settings("a").settings["keep_metadata"] == kept


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("bl:2/rot:90", "which don't support: rotate, blur"),
        ("dpr:2", "dpr"),
        ("c:10:10", "crop"),
        ("wm:1", "watermark"),
        ("pd:1", "padding"),
        ("raw:1", "raw"),
        ("f:heic", "format heic"),
        ("f:tiff", "format tiff"),
        ("rs:auto:3:2", "resizing type auto"),
        ("s:3:2:1", "enlarging inside of two sides"),
        ("rs:fill:3:2/g:no", "gravity no"),
        ("s:3:2::1:no", "gravity of extend"),
        ("fq:webp:1", "format_quality"),
    ],
)
def test_a_preset_that_a_job_can_not_do_is_refused(environment, monkeypatch, options, said):
    configure(monkeypatch, f"a={options}")
    with pytest.raises(InvalidRequest, match=f"The preset a can't be used for jobs, .*{said}"):
        job_settings("a")


@pytest.mark.parametrize("name", CHANGES)
def test_option_of_a_preset_is_done_told_or_refused(environment, monkeypatch, name):
    """Each option becomes a setting, a warning, or an error; none is left out silently."""
    answers = []
    for options in (CHANGES[name].before, CHANGES[name].after):
        configure(monkeypatch, f"a=sm:1/{options}".rstrip("/"))
        try:
            answers.append(job_settings("a"))
        except InvalidRequest as error:
            answers.append(str(error))
    assert answers[0] != answers[1], f"imgopt/image_urls/job_settings.py has no {name}"


def test_the_default_preset_comes_first_as_in_urls(environment, monkeypatch):
    configure(monkeypatch, "default=q:50/w:9,a=w:300")
    assert (job_settings("a").settings["output_quality"], job_settings("a").settings["output_width"]) == (50, 300)


def test_allowed_options_of_urls_do_not_matter_to_jobs(environment, monkeypatch):
    monkeypatch.setenv("IMGOPT_URL_ALLOWED_OPTIONS", "width")
    configure(monkeypatch, "a=q:50")
    assert job_settings("a").settings["output_quality"] == 50


def test_presets_are_told(client, monkeypatch):
    assert client.get("/config").json()["presets"] == []
    configure(monkeypatch, "thumb=rs:fit:300:300/f:webp,soft=bl:2")
    thumb, soft = client.get("/config").json()["presets"]
    assert (thumb["name"], thumb["options"]) == ("thumb", "rs:fit:300:300/f:webp")
    assert thumb["settings"] == {
        "output_width": 300,
        "output_height": 300,
        "output_resize_behavior": "fit",
        "output_format": "webp",
        "keep_metadata": "copyright",
    }
    assert soft == {"name": "soft", "options": "bl:2", "settings": None}


def submit(client, asked: dict, path: str = "/auto", **beside: object):
    upload = client.post("/upload", files={"file": ("a.png", pictures.png())}).json()
    headers = {"X-Session-Token": upload["session_token"]}
    body = {"temp_file_ids": [upload["temp_file_id"]], "settings": asked, **beside}
    return client.post(path, json=body, headers=headers)


def test_a_job_is_asked_for_by_a_preset(client, monkeypatch):
    configure(monkeypatch, "thumb=rs:fill:30:20/f:webp/q:70")
    answer = submit(client, {"preset": "thumb", "output_quality": 50})
    assert answer.status_code == 200, answer.text
    assert answer.json()["warnings"] == [FILL.replace("preset a", "preset thumb")]
    assert answer.json()["credits_used"] == 4  # it is resized, too


def test_a_field_of_a_short_form_comes_before_a_preset(client, monkeypatch):
    configure(monkeypatch, "thumb=w:30/f:webp")
    assert submit(client, {"preset": "thumb"}, "/compress", output_format="png").json()["credits_used"] == 4


def test_a_quality_that_is_sent_comes_before_the_score_of_a_preset(client, monkeypatch):
    configure(monkeypatch, "a=target:high/w:30")
    answer = submit(client, {"preset": "a", "output_quality": 40}).json()
    (job,) = answer["jobs"]
    assert (job["output_quality"], job["output_quality_target"], answer["warnings"]) == (40, None, [])


@pytest.mark.parametrize(
    ("preset", "said"),
    [
        ("none", "There is no such preset. Known presets: soft."),
        ("soft", "which don't support: blur"),
        (7, "valid string"),
    ],
)
def test_a_preset_that_can_not_be_is_422(client, monkeypatch, preset, said):
    configure(monkeypatch, "soft=bl:2")
    answer = submit(client, {"preset": preset})
    assert answer.status_code == 422
    assert said in answer.text


def test_a_very_long_name_is_422(client):
    assert submit(client, {"preset": "a" * 65}).status_code == 422
