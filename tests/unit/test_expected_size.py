"""The expected size of an image in bytes."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from imgopt.codecs.format import ImageHeader
from imgopt.imaging.expected_size import expected_bytes, relative_bits
from imgopt.imaging.optimize import optimize
from imgopt.imaging.options import ProcessingSettings

PHOTO, SIZE = ImageHeader("jpg", "image/jpeg", 1000, 1000), 400_000
SAMPLE = Path(__file__).parents[2] / "samples" / "landscape.jpg"


def expected(image: ImageHeader = PHOTO, size: int = SIZE, **asked: object) -> int:
    return expected_bytes(image, size, ProcessingSettings(**asked))


def test_bytes_of_a_photo_are_those_of_its_format():
    assert expected() == 150_000
    assert expected(output_format="avif") < expected(output_format="jxl") < expected() < expected(output_format="png")


def test_bytes_grow_with_quality():
    sizes = [expected(output_quality=quality) for quality in (1, 40, 70, 80, 95, 100)]
    assert sizes == sorted(set(sizes))
    assert (relative_bits(80), relative_bits(100)) == (1.0, 3.5)


def test_bytes_are_no_more_than_the_files_own():
    assert expected(size=50_000) == 50_000
    assert expected(size=50_000, output_format="webp", output_width=500) == 12_500


@pytest.mark.parametrize("target", ["jpg", "png", "webp", "avif", "gif", "jxl"])
def test_bytes_are_at_least_those_of_the_smallest_file(target):
    file = BytesIO()
    Image.new("RGB", (1, 1)).save(file, "PNG")
    pixel, asked = ImageHeader("png", "image/png", 1, 1), ProcessingSettings(output_format=target)
    made = optimize(file.getvalue(), pixel, asked)
    assert expected(pixel, len(file.getvalue()), output_format=target) >= 0.9 * len(made.data) > 10


def test_bytes_keep_to_the_limit_that_is_asked_for():
    assert expected(output_file_size_limit=20_000) == 20_000


def test_smallest_of_several_formats_counts_and_all_results_add_up():
    assert expected(output_format="auto", accept=["image/avif", "image/jpeg"]) == expected(output_format="avif")
    assert expected(outputs=[{"output_width": 500}, {"output_format": "avif"}]) == 37_500 + expected(
        output_format="avif"
    )


def test_frames_that_stay_count():
    animation = replace(PHOTO, format="gif", frames=10)
    assert expected(animation, gif_frame_limit=5) == SIZE / 2
    assert expected(animation, output_format="jpg") == SIZE / 10


def test_drawings_are_expected_to_stay_as_large():
    drawing = ImageHeader("svg", "image/svg+xml", 300, 200)
    assert expected(drawing, 5_000) == 5_000
    assert expected(drawing, 5_000, output_format="jpg") == 300 * 200 * 1.2 / 8


@pytest.mark.parametrize("asked", [{}, {"output_width": 600}, {"output_format": "webp"}, {"output_quality": 50}])
def test_real_photo_comes_near(asked):
    """Within a factor of three: this one is smoother than most."""
    data, options = SAMPLE.read_bytes(), ProcessingSettings(**asked)
    with Image.open(SAMPLE) as image:
        header = ImageHeader("jpg", "image/jpeg", *image.size)
    made = len(optimize(data, header, options).data)
    assert 1 / 3 < made / expected_bytes(header, len(data), options) < 3
