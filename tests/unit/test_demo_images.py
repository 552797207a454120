"""The images of `make demo`, and those that it enlarges."""

from pathlib import Path

import pytest

from local.demo_images import SAMPLES, named_images, smallest
from tests import pictures


@pytest.fixture
def images(tmp_path: Path) -> list[Path]:
    sizes = {"large.png": (40, 40), "small.png": (20, 30), "wide.png": (90, 10)}
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(pictures.encode(pictures.draw(size=size), "PNG"))
    return [tmp_path / name for name in sizes]


def test_the_samples_are_shown_where_none_is_named():
    assert {path.parent for path in named_images("")} == {SAMPLES}


def test_a_path_with_spaces_is_one_image(tmp_path):
    (tmp_path / "my photo.png").write_bytes(pictures.png())
    assert named_images(str(tmp_path / "my photo.png")) == [tmp_path / "my photo.png"]


def test_several_images_may_be_named_by_patterns(images):
    folder = images[0].parent
    assert named_images(f"{folder}/*l.png {folder}/missing.png") == [folder / "small.png", folder / "missing.png"]


def test_the_still_image_of_the_fewest_pixels_is_made_larger(images):
    assert [path.name for path in smallest(images)] == ["small.png"]


def test_animations_and_what_can_not_be_read_are_not_made_larger(tmp_path):
    (tmp_path / "a.gif").write_bytes(pictures.gif(frames=3))
    (tmp_path / "b.png").write_text("no image")
    assert smallest([tmp_path / "a.gif", tmp_path / "b.png"]) == []
