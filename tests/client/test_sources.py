"""What is taken for an input."""

from pathlib import Path

import pytest

from imgopt_client.resume_state import ResumeStates
from imgopt_client.sources import SourceFinder


@pytest.fixture
def find():
    def run(*inputs, out=None, recursive=True):
        return SourceFinder(out, recursive, ResumeStates().is_result).find(inputs)

    return run


def test_folders_are_gone_through_for_images(images, find):
    inputs = images("b.PNG", "a.jpg", "deep/er/c.heic", "notes.txt", ".hidden.png", ".git/x.png", "a.tinified.jpg")
    top = inputs[0].parent
    assert [each.path.relative_to(top) for each in find(top)] == [Path("a.jpg"), Path("b.PNG"), Path("deep/er/c.heic")]


def test_a_file_that_is_named_is_taken_whatever_it_is_called(images, find):
    (path,) = images("photo")
    assert [(each.path, each.problem, each.mime_type) for each in find(path)] == [
        (path, None, "application/octet-stream")
    ]


def test_subfolders_stay_as_they_are_in_the_folder_for_results(images, find, tmp_path):
    images("a.jpg", "deep/b.jpg")
    out = tmp_path / "images" / "out"
    images("out/c.jpg")
    found = find(tmp_path / "images", out=out)
    assert [(each.name, each.output_folder, each.state_folder) for each in found] == [
        ("a.jpg", out, out),
        ("b.jpg", out / "deep", out),
    ]


def test_the_folder_itself_can_be_the_one_for_results(images, find):
    (path,) = images("a.jpg")
    assert [each.path for each in find(path.parent, out=path.parent)] == [path]


def test_each_input_is_taken_once(images, find):
    (path,) = images("a.jpg")
    assert len(find(path, path.parent, str(path))) == 1


def test_an_empty_folder_is_told_of(tmp_path, find):
    assert [each.problem for each in find(tmp_path)] == ["There are no images in this folder."]


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://site.test/a/h%C3%A9ro.png?size=2", "héro.png"),
        ("HTTP://site.test/", "HTTP://site.test/"),
    ],
)
def test_urls_are_known_by_their_beginning(find, url, name):
    (source,) = find(url)
    assert (source.path, source.name, source.location) == (None, name, url)
