import os
from pathlib import Path

import pytest

from imgopt.storage import objects
from local.persistence.objects import Objects, remove_unreferenced
from tests.persistence.conftest import S3, write_file


@pytest.fixture
def s3(tmp_path, space) -> S3:
    s3 = S3(tmp_path)
    s3.saved = Objects(s3, space)
    s3.saved.install()
    return s3


def files_of(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_an_object_is_a_file_and_a_description(s3):
    assert s3.ask("PUT", "/b/key", b"data") == 200
    assert files_of(s3.folder) == ["key", "key.meta.json"]


@pytest.mark.parametrize("failing", ["key", "key.meta.json"])
def test_an_object_that_could_not_be_written_is_an_error_and_is_not_there(failing, s3, monkeypatch):
    def write(path: str, data: bytes, *, text: bool = False) -> None:
        if Path(path).name == failing:
            raise OSError(28, "No space left on device")
        write_file(path, data)

    monkeypatch.setattr(s3.saved, "write", write)
    assert s3.ask("PUT", "/b/key", b"data") == 507
    assert files_of(s3.folder) == []
    assert s3._buckets["b"]["objects"] == {}
    assert s3.ask("PUT", "/b/other", b"data") == 200


def test_object_that_does_not_fit_is_refused_before_the_emulator_sees_it(s3, space):
    s3.ask("PUT", "/b/key", b"before")
    space.for_bodies = 10**18
    assert s3.ask("PUT", "/b/key", b"after") == 507
    assert (s3.folder / "key").read_bytes() == b"before"
    assert [s3.ask("GET", "/b/key"), s3.ask("DELETE", "/b/key")] == [200, 200]


def test_a_bucket_that_takes_nothing_says_so_when_it_is_asked(s3, space):
    probe, other = ({"prefix": [f"uploads/{each}"]} for each in (objects.UNUSED_ID, "3f1f2c9e"))
    assert [s3.ask("GET", path, query=probe) for path in ("/b", "/b/")] == [200, 200]
    space.for_bodies = 10**18
    assert [s3.ask("GET", path, query=probe) for path in ("/b", "/b/")] == [507, 507]
    assert [s3.ask("GET", "/b", query=other), s3.ask("GET", "/b"), s3.ask("HEAD", "/b/key")] == [200, 200, 200]


def test_bodies_are_refused_while_there_is_room_for_records():
    from local.persistence.disk_space import FOR_BODIES, FOR_RECORDS

    assert FOR_RECORDS < FOR_BODIES


def test_files_are_synced_once_and_deleted_ones_are_passed_over(s3, monkeypatch):
    synced = []
    monkeypatch.setattr(os, "fsync", lambda file: synced.append(str(Path(f"/proc/self/fd/{file}").readlink())))
    s3.ask("PUT", "/b/key", b"data")
    s3.ask("PUT", "/b/gone", b"data")
    s3._delete_persisted_object("b", "gone")
    s3.saved.sync()
    s3.saved.sync()
    assert sorted(synced) == [str(s3.folder / "key"), str(s3.folder / "key.meta.json")]


def test_files_that_no_object_has_are_removed(tmp_path):
    kept = ["0/b/dir/key", "0/b/dir/key.meta.json", "0/b/\x01/k", "0/b/\x01/k.meta.json"]
    gone = ["0/b/body", "0/b/only.meta.json", "0/b/dir/key.tmp", "0/old/key", "0/old/key.meta.json", "stray"]
    for name in (*kept, *gone):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("")
    assert remove_unreferenced(tmp_path, {("0", "b")}) == len(gone)
    assert sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()) == sorted(kept)
    assert remove_unreferenced(tmp_path / "missing", set()) == 0
