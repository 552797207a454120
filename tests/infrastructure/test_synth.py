"""When the templates are written anew: never less often than what they are made of changes."""

import os
import signal
import time
from pathlib import Path

import pytest

from local import synth
from local.processes import Stopped, is_alive

SECONDS_TO_END = 10


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small one, of which `synth.synthesize` notes in `written` that it was called."""
    for folder in synth.SOURCES:
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "a.py").write_text("a = 1")
    for name in synth.FILES:
        (tmp_path / name).write_text("{}")
    output = tmp_path / "build" / "cdk.out"
    for name, path in {
        "ROOT": tmp_path,
        "OUTPUT": output,
        "STAMP": output / ".inputs",
        "LOCK": output / ".lock",
    }.items():
        monkeypatch.setattr(synth, name, path)
    return tmp_path


@pytest.fixture
def written(project: Path, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """One entry for each synthesis, after a first one that was complete."""
    calls: list[bool] = []
    monkeypatch.setattr(synth, "synthesize", lambda: calls.append(True))
    synth.ensure()
    calls.clear()
    return calls


def test_templates_stay_where_nothing_has_changed(written):
    synth.ensure()
    assert not written


@pytest.mark.parametrize("path", [*(f"{folder}/a.py" for folder in synth.SOURCES), *synth.FILES])
def test_a_changed_file_means_new_templates(path, project, written):
    (project / path).write_text("a = 2")
    synth.ensure()
    assert written


def test_files_that_come_go_or_move_mean_new_templates(project, written):
    (project / "cdk" / "b.py").write_text("")
    synth.ensure()
    (project / "cdk" / "b.py").rename(project / "functions" / "b.py")
    synth.ensure()
    (project / "functions" / "b.py").unlink()
    synth.ensure()
    assert len(written) == 3


def test_text_that_goes_from_one_file_to_the_next_means_new_templates(project, written):
    for path, text in (("cdk/a.py", "a = 12"), ("cdk/b.py", "b = 3")):
        (project / path).write_text(text)
    synth.ensure()
    for path, text in (("cdk/a.py", "a = 1"), ("cdk/b.py", "2b = 3")):
        (project / path).write_text(text)
    synth.ensure()
    assert len(written) == 2


@pytest.mark.parametrize("name", synth.VARIABLES)
def test_another_account_or_region_means_new_templates(name, written, monkeypatch):
    monkeypatch.setenv(name, "another")
    synth.ensure()
    assert written


def test_another_version_of_a_package_means_new_templates(written, monkeypatch):
    monkeypatch.setattr(synth, "version", lambda package: f"{package} 99")
    synth.ensure()
    assert written


def test_earlier_templates_count_no_more_after_a_synthesis_that_failed(project, written, monkeypatch):
    """It may have replaced some of them."""
    monkeypatch.setattr(synth, "synthesize", fail)
    (project / "cdk" / "a.py").write_text("a = 2")
    with pytest.raises(RuntimeError):
        synth.ensure()
    (project / "cdk" / "a.py").write_text("a = 1")
    with pytest.raises(RuntimeError):
        synth.ensure()


def test_stopped_synthesis_ends_with_all_that_it_has_started(tmp_path, monkeypatch):
    def stop(*_: object) -> None:
        raise Stopped

    monkeypatch.setattr(synth, "ROOT", tmp_path)
    before = signal.signal(signal.SIGUSR1, stop)
    script = "sleep 60 & echo $$ > group; kill -USR1 $PPID; wait"
    with pytest.raises(Stopped):
        synth.run_in_own_group(["sh", "-c", script], os.environ)
    signal.signal(signal.SIGUSR1, before)
    group, deadline = int((tmp_path / "group").read_text()), time.monotonic() + SECONDS_TO_END
    while is_alive(group):  # its leader has been waited for, what it started ends by the same signal
        assert time.monotonic() < deadline
        os.sched_yield()


def fail() -> None:
    raise RuntimeError("no templates")
