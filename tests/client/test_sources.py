"""The inputs of a run: files, folders and URLs."""

from pathlib import Path

import pytest

from imgopt_client.resume_state import ResumeStates
from imgopt_client.sources import SourceFinder


@pytest.fixture
def find(tmp_path):
    def run(*inputs, out=None, recursive=True, exclude=()):
        return SourceFinder(out, recursive, ResumeStates(tmp_path / "state").is_result, exclude).find(inputs)

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
    assert [(each.name, each.output_folder, each.results_folder) for each in found] == [
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


def test_names_are_shown_as_they_were_given(images, find, monkeypatch, tmp_path):
    images("deep/a.png", "b.png")
    monkeypatch.chdir(tmp_path)
    absolute = tmp_path / "images" / "deep"
    shown = [each.label for each in find("images/b.png", "./images", absolute)]
    assert shown == ["images/b.png", "images/deep/a.png"]
    assert [each.label for each in find(absolute)] == ["deep/a.png"]


def test_patterns_are_matched_where_the_shell_did_not(images, find, monkeypatch, tmp_path):
    images("a.png", "deep/b.png", "deep/er/c.jpg", "notes.txt", ".d.png", "a.tinified.png")
    monkeypatch.chdir(tmp_path / "images")
    assert [each.label for each in find("**/*")] == ["a.png", "deep/b.png", "deep/er/c.jpg"]
    assert [each.label for each in find("deep/*.png")] == ["deep/b.png"]
    assert [each.problem for each in find("*.gif")] == ["No image matches this pattern."]


def test_patterns_keep_the_folders_below_them(images, find, monkeypatch, tmp_path):
    images("site/a/b.png")
    monkeypatch.chdir(tmp_path / "images")
    (source,) = find("site/*/*.png", out=tmp_path / "out")
    assert source.output_folder == tmp_path / "out" / "a"


def test_file_whose_name_is_a_pattern_is_meant(images, find):
    (path, _) = images("photo[1].png", "photo1.png")
    assert [each.path for each in find(path)] == [path]


@pytest.mark.parametrize(
    ("patterns", "left"),
    [
        (["b.png"], ["a.png"]),
        (["node_modules"], ["a.png", "deep/b.png"]),
        (["deep/*", "node_modules/"], ["a.png"]),
        (["*.png"], []),
        ([], ["a.png", "deep/b.png", "node_modules/x/b.png"]),
    ],
)
def test_excluded_names_paths_and_folders_are_left_out(images, find, patterns, left):
    top = images("a.png", "deep/b.png", "node_modules/x/b.png")[0].parent
    found = [each for each in find(top, exclude=patterns) if not each.problem]
    assert [each.path.relative_to(top).as_posix() for each in found] == left
