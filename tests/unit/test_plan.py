import pytest

from imgopt.codecs.header import ImageHeader
from imgopt.errors import InvalidRequest, NotAvailable
from imgopt.pipeline.options import OutputFormat, ProcessingSettings
from imgopt.pipeline.plan import Step, check_available, check_image, steps_for


def test_compress_always_runs():
    assert steps_for(ProcessingSettings()) == (Step.COMPRESS,)


def test_steps_run_in_the_order_upscale_resize_compress_tag():
    everything = ProcessingSettings(output_seo_tag_gen=True, output_width=10, output_upscale_factor=2)
    assert steps_for(everything) == (Step.UPSCALE, Step.RESIZE, Step.COMPRESS, Step.TAG)


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"output_upscale_factor": 2.0}, "upscale"),
        ({"output_seo_tag_gen": True}, "tag"),
        ({"output_seo_rename": True}, "output_seo_rename"),
    ],
)
def test_what_cannot_be_done_yet_is_refused_by_name(asked, named):
    with pytest.raises(NotAvailable) as caught:
        check_available(ProcessingSettings(**asked))
    assert str(caught.value) == f"Not available in this version: {named}."


@pytest.mark.parametrize("output_format", list(OutputFormat))
def test_formats_that_can_be_written_are_available(output_format):
    check_available(ProcessingSettings(output_format=output_format))


@pytest.mark.parametrize(("target", "side"), [("webp", 16_383), ("gif", 65_535), ("jpg", 65_500)])
def test_an_image_too_large_for_the_wanted_format_is_refused(target, side):
    wanted = ProcessingSettings(output_format=target)
    check_image(ImageHeader("png", "image/png", side, 1), wanted)
    with pytest.raises(InvalidRequest, match=f"at most {side} pixels"):
        check_image(ImageHeader("png", "image/png", 1, side + 1), wanted)
