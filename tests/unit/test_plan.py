import pytest

from imgopt.codecs.header import ImageHeader
from imgopt.errors import InvalidRequest, NotAvailable
from imgopt.pipeline.options import ProcessingSettings
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
        ({"output_width": 100}, "resize"),
        ({"output_height": 100}, "resize"),
        ({"output_seo_tag_gen": True}, "tag"),
        ({"output_seo_rename": True}, "output_seo_rename"),
        ({"output_file_size_limit": 1000}, "output_file_size_limit"),
        ({"output_format": "avif"}, "output_format avif"),
        ({"output_format": "svg"}, "output_format svg"),
        ({"output_format": "ico"}, "output_format ico"),
    ],
)
def test_what_cannot_be_done_yet_is_refused_by_name(asked, named):
    with pytest.raises(NotAvailable) as caught:
        check_available(ProcessingSettings(**asked))
    assert str(caught.value) == f"Not available in this version: {named}."


@pytest.mark.parametrize("output_format", ["original", "jpg", "png", "webp", "gif"])
def test_formats_that_can_be_written_are_available(output_format):
    check_available(ProcessingSettings(output_format=output_format))


@pytest.mark.parametrize(("target", "side"), [("webp", 16_383), ("gif", 65_535), ("jpg", 65_500)])
def test_an_image_too_large_for_the_wanted_format_is_refused(target, side):
    wanted = ProcessingSettings(output_format=target)
    check_image(ImageHeader("png", "image/png", side, 1), wanted)
    with pytest.raises(InvalidRequest, match=f"at most {side} pixels"):
        check_image(ImageHeader("png", "image/png", 1, side + 1), wanted)


@pytest.mark.parametrize(
    ("source", "frames", "target"), [("gif", 5, "original"), ("gif", 9, "png"), ("jpg", 1, "original")]
)
def test_a_limit_on_frames_is_no_matter_where_it_leaves_none_out(source, frames, target):
    image = ImageHeader(source, f"image/{source}", 10, 10, frames=frames)
    check_image(image, ProcessingSettings(gif_frame_limit=5, output_format=target))


def test_leaving_frames_out_is_refused_by_name():
    with pytest.raises(NotAvailable, match="gif_frame_limit"):
        check_image(ImageHeader("gif", "image/gif", 10, 10, frames=6), ProcessingSettings(gif_frame_limit=5))
