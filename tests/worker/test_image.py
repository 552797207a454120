"""The container image is the same on every machine. Its inputs are checked here, it is not built."""

import io
import os
import shutil
import tarfile
from pathlib import Path

import pytest

from gpu_container import image
from gpu_container.build_context import ROOT, SOURCE_DATE_EPOCH, allowed, build_context, find_sources
from tests.worker.test_container import DOCKERFILE, exactly, instructions, stages


@pytest.fixture(scope="module")
def context() -> bytes:
    return build_context()


def copy_sources(target: Path, umask: int, date: int) -> Path:
    """Copies the sources as if another person had checked them out and worked with them."""
    before = os.umask(umask)
    try:
        for path in (*find_sources(ROOT), ROOT / ".dockerignore"):
            copy = target / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if path.is_file():
                copy.write_bytes(path.read_bytes())
                os.utime(copy, (date, date))
        cache = target / "gpu_container" / "__pycache__"
        cache.mkdir()
        (cache / "health.cpython-313.pyc").write_bytes(os.urandom(9))
        shutil.copy(ROOT / "README.md", target)
    finally:
        os.umask(before)
    return target


def test_context_has_the_same_bytes_in_another_folder_with_other_dates_and_modes(context, tmp_path):
    copies = [copy_sources(tmp_path / name, *rest) for name, *rest in (("a", 0o077, 0), ("b/c", 0o002, 1_900_000_000))]
    assert [build_context(each) for each in copies] == [context, context]


def test_context_holds_what_is_let_through_and_no_bytecode(context):
    with tarfile.open(fileobj=io.BytesIO(context)) as archive:
        entries = archive.getmembers()
    names = [each.name for each in entries]
    assert len(names) == len({*names}) > 100
    assert all(any(Path(name).is_relative_to(top) for top in allowed(ROOT)) for name in names)
    assert not [name for name in names if "__pycache__" in name]
    assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in entries} == {
        (SOURCE_DATE_EPOCH, 0, 0, "", "")
    }


def test_sources_of_the_recipe_are_in_the_context(context):
    with tarfile.open(fileobj=io.BytesIO(context)) as archive:
        names = {*archive.getnames()}
    copied = [rest for word, rest in instructions() if word == "COPY" and not rest[0].startswith("--from")]
    sources = [each for *rest, _ in copied for each in rest if not each.startswith("--")]
    assert {"gpu_container/Dockerfile", *sources} <= names


def test_recipe_has_the_date_of_the_context():
    assert f"SOURCE_DATE_EPOCH={SOURCE_DATE_EPOCH}" in exactly("ENV", "python")


def test_bytecode_of_the_image_holds_no_dates():
    assert "PYC_INVALIDATION_MODE=UNCHECKED_HASH" in exactly("ENV", "python")


def test_recipe_asks_for_no_other_syntax():
    assert "syntax=" not in DOCKERFILE.read_text()


def test_files_of_the_image_have_the_same_modes_whoever_checked_them_out():
    copied = [rest for word, rest in stages()["final"] if word == "COPY" and not rest[0].startswith("--from")]
    assert copied
    assert all(rest[0] == "--chmod=755" for rest in copied)


def test_image_is_built_without_dates_and_by_one_version(tmp_path):
    command = image.build_command(tmp_path / "image.tar", tmp_path / "image.json")
    assert f"SOURCE_DATE_EPOCH={SOURCE_DATE_EPOCH}" in command
    assert {"--provenance=false", "--sbom=false"} <= {*command}
    assert command[-2:] == [f"type=oci,dest={tmp_path / 'image.tar'},rewrite-timestamp=true", "-"]
    assert "@sha256:" in image.BUILDKIT


@pytest.mark.parametrize(
    ("docker", "said"),
    [
        ("", "Docker is not installed"),
        ("exit 1", "plugin buildx"),
        ('test "$2" = version', "could not be built"),
    ],
)
def test_image_that_can_not_be_built_is_told(monkeypatch, tmp_path, capfd, docker, said):
    (tmp_path / "docker").write_text(f"#!/bin/sh\n{docker}\n")
    (tmp_path / "docker").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path if docker else tmp_path / "none"))
    monkeypatch.setattr(image, "IMAGE_FILE", tmp_path / "image.tar")
    assert image.main() == 1
    assert said in capfd.readouterr().err
