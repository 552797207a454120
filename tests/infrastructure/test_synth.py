"""The templates are written again whenever one of their sources changes."""

import os
import subprocess
import time
from collections.abc import Callable
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
    """The failed synthesis may have replaced some of the templates."""
    monkeypatch.setattr(synth, "synthesize", fail)
    (project / "cdk" / "a.py").write_text("a = 2")
    with pytest.raises(RuntimeError):
        synth.ensure()
    (project / "cdk" / "a.py").write_text("a = 1")
    with pytest.raises(RuntimeError):
        synth.ensure()


def test_stopped_synthesis_ends_with_all_that_it_has_started(tmp_path, monkeypatch):
    group = tmp_path / "group"

    class StoppedInWait(subprocess.Popen[bytes]):
        """The first call raises Stopped once the program has written the number of its group."""

        is_stopped = False

        def wait(self, timeout: float | None = None) -> int:
            if self.is_stopped:
                return super().wait(timeout)
            self.is_stopped = True
            wait_until(lambda: group.exists() and group.read_text().endswith("\n"))
            raise Stopped

    monkeypatch.setattr(synth, "ROOT", tmp_path)
    monkeypatch.setattr(subprocess, "Popen", StoppedInWait)
    with pytest.raises(Stopped):
        synth.run_in_own_group(["sh", "-c", "sleep 60 & echo $$ > group; wait"], os.environ)
    # The leader has ended. The program that it started has the same signal, and may take a moment.
    wait_until(lambda: not is_alive(int(group.read_text())))


def wait_until(is_true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SECONDS_TO_END
    while not is_true():
        assert time.monotonic() < deadline
        os.sched_yield()


def fail() -> None:
    raise RuntimeError("no templates")
