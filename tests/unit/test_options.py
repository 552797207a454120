import pytest
from pydantic import ValidationError

from imgopt.imaging.options import ProcessingSettings


def test_unknown_settings_are_ignored():
    assert ProcessingSettings.model_validate({"from_the_future": 1}) == ProcessingSettings()


@pytest.mark.parametrize(
    ("sent", "kept"), [("wordpress", "wordpress"), ("", None), ("x" * 65, None), (7, None), ("\ud800", None)]
)
def test_a_job_source_is_kept_when_it_is_a_short_string(sent, kept):
    assert ProcessingSettings.model_validate({"job_source": sent}).job_source == kept


@pytest.mark.parametrize(
    "wrong",
    [
        {"output_quality": 0},
        {"output_quality": 101},
        {"output_width": 8193},
        {"output_upscale_factor": 10.1},
        {"output_format": "bmp"},
        {"output_file_size_limit": 0},
        {"gif_frame_limit": 101},
    ],
)
def test_settings_outside_their_limits_are_refused(wrong):
    with pytest.raises(ValidationError):
        ProcessingSettings.model_validate(wrong)
