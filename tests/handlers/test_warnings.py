"""If a requested part can't be made, the answer says so. The call is neither refused nor charged for that part."""

import json

import pytest
from pydantic import ValidationError

from functions.api.requests import CompressRequest, ProcessFilesRequest
from functions.api.warnings import LONGEST_NAME, MOST_WARNINGS
from imgopt.imaging.options import ProcessingSettings
from tests import pictures

PATHS = ("/auto", "/compress", "/resize", "/upscale", "/tag")
# They read settings by the same class.
SOME = ("/auto", "/compress")


@pytest.fixture
def ask(client, upload):
    """Returns a function that makes a call for a new upload of a new guest, and returns the answer."""

    def send(path="/auto", data=None, name="a.png", **body):
        asked = {"temp_file_ids": [upload(data or pictures.png(), name)["temp_file_id"]], "width": 30, **body}
        if path != "/resize":
            asked.pop("width")
        return client.post(path, content=json.dumps(asked), headers={"Content-Type": "application/json"})

    return send


@pytest.mark.parametrize(
    ("sent", "nearest"),
    [
        ({"outputQuality": 5}, "output_quality"),
        ({"output-format": "webp"}, "output_format"),
        ({"format": "webp"}, "output_format"),
        ({"temp_file_id": "x"}, "temp_file_ids"),
        ({"gif_frames_limit": 5}, "gif_frame_limit"),
    ],
)
def test_an_unknown_field_is_named_with_the_nearest_that_is_known(ask, sent, nearest):
    (name,) = sent
    assert ask(**sent).json()["warnings"] == [f"{name} is not known and was ignored. Did you mean {nearest}?"]


@pytest.mark.parametrize("path", PATHS)
def test_an_unknown_field_costs_nothing_whatever_is_asked(ask, path):
    plain, answer = ask(path).json(), ask(path, output_qualty=5).json()
    assert answer["warnings"] == ["output_qualty is not known and was ignored. Did you mean output_quality?"]
    assert (plain["warnings"], plain["credits_used"]) == ([], answer["credits_used"])


@pytest.mark.parametrize("path", SOME)
def test_an_unknown_setting_is_named_with_the_nearest_that_is_known(ask, path):
    answer = ask(path, settings={"output_heigth": 20, "output_quality": 40, "zzz": 1}).json()
    assert answer["warnings"] == [
        "settings.output_heigth is not known and was ignored. Did you mean output_height?",
        "settings.zzz is not known and was ignored.",
    ]
    assert (answer["jobs"][0]["output_height"], answer["jobs"][0]["output_quality"]) == (None, 40)


def test_fields_of_the_short_form_are_known_there_alone(ask):
    assert ask("/compress", quality=40, target_file_size=9000).json()["warnings"] == []
    (warning,) = ask("/auto", quality=40).json()["warnings"]
    assert warning.endswith("Did you mean output_quality?")


@pytest.mark.parametrize("path", PATHS)
def test_settings_may_stand_beside_the_uploads(ask, path):
    beside = {"output_format": "webp", "output_height": 20, "output_seo_tag_gen": True, "job_source": "wordpress"}
    answer = ask(path, **beside).json()
    job = answer["jobs"][0]
    assert {name: job[name] for name in beside} == beside
    assert answer["warnings"] == []


def test_settings_that_are_null_are_absent(ask):
    assert ask("/compress", settings=None, output_height=20).json()["jobs"][0]["output_height"] == 20


@pytest.mark.parametrize("path", SOME)
def test_settings_beside_settings_count_for_nothing_and_are_named(ask, path):
    answer = ask(path, settings={"output_quality": 40}, output_height=20, job_source="x").json()
    assert (answer["jobs"][0]["output_height"], answer["jobs"][0]["output_quality"]) == (None, 40)
    assert answer["warnings"] == [
        "The request has `settings`, so these settings beside it were ignored: output_height, job_source.",
    ]


def test_settings_beside_the_uploads_are_checked_as_others_are(ask, stored):
    answer = ask(output_quality=101)
    assert answer.status_code == 422
    assert answer.json()["detail"][0]["loc"][-1] == "output_quality"
    assert "JOB" not in stored()["items"]


def test_warnings_are_few_and_short_whatever_is_sent(ask):
    odd = {f"{number:03}{'x' * 900}": 1 for number in range(90)}
    warnings = ask(settings=odd, **odd).json()["warnings"]
    assert len(warnings) == 2 * (MOST_WARNINGS + 1)
    assert warnings[MOST_WARNINGS] == "80 more names are not known and were ignored."
    assert max(map(len, warnings)) < LONGEST_NAME + 100


@pytest.mark.parametrize("name", ["\ud800", "\x00", "\u202e", "", "a\nb"])
def test_names_that_can_not_be_shown_are_told_all_the_same(ask, name):
    answer = ask(settings={name: 1})
    assert answer.status_code == 200
    assert answer.json()["warnings"][0].isprintable()


@pytest.mark.parametrize("source", [5, "x" * 65, "a\nb", ""])
def test_a_source_that_is_not_kept_is_told(ask, source):
    for body in ({"settings": {"job_source": source}}, {"job_source": source}):
        answer = ask(**body).json()
        assert answer["jobs"][0]["job_source"] is None
        assert "job_source was ignored" in answer["warnings"][0]


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"gif_frame_limit": 5}, ["gif_frame_limit"]),
        ({"keep_animation": True}, ["keep_animation"]),
        ({"output_resize_behavior": "crop", "output_width": 5}, ["output_resize_behavior"]),
        ({"output_resize_behavior": "crop", "output_width": 5, "output_height": 5}, []),
        ({"output_format": "webp", "output_seo_rename": True}, []),
        ({"output_quality_target": "high"}, []),
        ({"write_tags": True}, ["write_tags"]),
        ({"write_tags": True, "output_seo_rename": True}, []),
        ({"mark_upscaled": False}, ["mark_upscaled"]),
        ({"mark_upscaled": False, "output_upscale_factor": 2}, []),
        ({"output_quality_target": "high", "output_quality": 70}, ["output_quality"]),
    ],
)
def test_a_setting_that_changes_nothing_is_told(ask, settings, named):
    assert [warning.split()[0] for warning in ask(settings=settings).json()["warnings"]] == named


@pytest.mark.parametrize(
    ("settings", "named"),
    [
        ({"gif_frame_limit": 2}, []),
        ({"gif_frame_limit": 2, "output_format": "jpg"}, ["gif_frame_limit"]),
        ({"gif_frame_limit": 2, "output_format": "webp", "keep_animation": True}, []),
        ({"output_format": "ico", "keep_animation": True}, ["keep_animation"]),
    ],
)
def test_a_setting_that_changes_nothing_of_an_animation_is_told(ask, settings, named):
    answer = ask(data=pictures.gif(frames=3), settings=settings).json()
    assert [warning.split()[0] for warning in answer["warnings"]] == named


def test_setting_that_changes_any_result_is_not_warned_of(client, upload):
    still = upload(pictures.png())
    token = {"X-Session-Token": still["session_token"]}
    moving = upload(pictures.gif(frames=2), token=still["session_token"])
    body = {"temp_file_ids": [each["temp_file_id"] for each in (still, moving)], "settings": {"gif_frame_limit": 1}}
    assert client.post("/auto", json=body, headers=token).json()["warnings"] == []


def test_a_repeated_call_is_warned_again(client, upload):
    body = {"temp_file_ids": [upload(pictures.png())["temp_file_id"]], "settings": {"outputformat": 1}}
    first, second = (client.post("/auto", json=body, headers={"Idempotency-Key": "k"}).json() for _ in range(2))
    assert first == second
    assert len(first["warnings"]) == 1


@pytest.mark.parametrize("path", SOME)
def test_jpeg_is_jpg(ask, path):
    assert ask(path, output_format="JPEG").json()["jobs"][0]["output_format"] == "jpg"


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        *(({"output_format": name}, {"output_format": "jpg"}) for name in ("jpeg", "Jpg", " jpe", "jfif")),
        ({"output_format": "WebP"}, {"output_format": "webp"}),
        ({"output_resize_behavior": "CROP"}, {"output_resize_behavior": "crop"}),
        ({"keep_metadata": "All"}, {"keep_metadata": "all"}),
    ],
)
def test_words_may_be_written_in_any_case(sent, meant):
    assert ProcessingSettings.model_validate(sent) == ProcessingSettings.model_validate(meant)


@pytest.mark.parametrize("name", ["heic", "tiff", "", "web p", "jpg,png", None, 5])
def test_unknown_formats_are_refused(name):
    for request in (ProcessFilesRequest, CompressRequest):
        with pytest.raises(ValidationError):
            request.model_validate({"temp_file_ids": [], "output_format": name})


def test_the_first_job_stands_under_zero_for_those_who_expect_a_list(ask):
    answer = ask().json()
    assert answer["0"] == answer["jobs"][0]
