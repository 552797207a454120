"""Which files, folders and URLs are inputs."""

from pathlib import Path

import pytest

from imgopt_client.resume_state import ResumeStates
from imgopt_client.sources import SourceFinder


@pytest.fixture
def find():
    def run(*inputs, out=None, recursive=True):
        return SourceFinder(out, recursive, ResumeStates().is_result).find(inputs)

    return run


def test_folders_are_searched_for_images(images, find):
    inputs = images("b.PNG", "a.jpg", "deep/er/c.heic", "notes.txt", ".hidden.png", ".git/x.png", "a.tinified.jpg")
    top = inputs[0].parent
    assert [each.path.relative_to(top) for each in find(top)] == [Path("a.jpg"), Path("b.PNG"), Path("deep/er/c.heic")]


def test_file_that_is_named_is_an_input_whatever_its_name(images, find):
    (path,) = images("photo")
    assert [(each.path, each.problem, each.mime_type) for each in find(path)] == [
        (path, None, "application/octet-stream")
    ]


def test_output_folder_repeats_the_subfolders_of_the_inputs(images, find, tmp_path):
    images("a.jpg", "deep/b.jpg")
    out = tmp_path / "images" / "out"
    images("out/c.jpg")
    found = find(tmp_path / "images", out=out)
    assert [(each.name, each.output_folder, each.state_folder) for each in found] == [
        ("a.jpg", out, out),
        ("b.jpg", out / "deep", out),
    ]


def test_output_folder_may_be_the_folder_of_the_inputs(images, find):
    (path,) = images("a.jpg")
    assert [each.path for each in find(path.parent, out=path.parent)] == [path]


def test_inputs_that_are_named_twice_are_taken_once(images, find):
    (path,) = images("a.jpg")
    assert len(find(path, path.parent, str(path))) == 1


def test_folder_without_images_is_a_problem(tmp_path, find):
    assert [each.problem for each in find(tmp_path)] == ["There are no images in this folder."]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://site.test/a/h%C3%A9ro.png?size=2", "héro.png"),
        ("HTTP://site.test/", "HTTP://site.test/"),
    ],
)
def test_urls_begin_with_their_scheme(find, url, name):
    (source,) = find(url)
    assert (source.path, source.name, source.location) == (None, name, url)
