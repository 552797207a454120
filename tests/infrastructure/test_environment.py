"""The messages of `make` if the environment can't be set up, and the Pythons that can print them."""

import ast
from pathlib import Path

import pytest

from cdk.paths import ROOT
from local import environment

SETUP = ROOT / "local" / "environment.py"
FIRST_CHECK = ROOT / "local" / "old_python.py"


def test_setup_is_read_by_pythons_that_are_too_old():
    ast.parse(SETUP.read_text(), feature_version=(3, 7))
    assert "from __future__ import annotations" in SETUP.read_text()


def test_first_check_is_read_by_pythons_before_f_strings():
    ast.parse(FIRST_CHECK.read_text(), feature_version=(3, 4))


def test_python_that_is_too_old_is_said_before_anything_is_installed(monkeypatch):
    monkeypatch.setattr(environment, "runs", lambda _: None)
    monkeypatch.setattr(environment, "install_uv", None)
    with pytest.raises(SystemExit, match=r"Python 3\.11 or newer is needed, and python3 is .*make up PYTHON="):
        environment.main()


def test_project_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path, monkeypatch):
    monkeypatch.setattr(environment, "ROOT", tmp_path / "missing")
    with pytest.raises(SystemExit, match=r"can't be written to .*clone the repository into a folder of yours"):
        environment.check_project()


def test_pythons_in_an_unreadable_folder_are_left_out(tmp_path: Path, monkeypatch):
    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "glob", refuse)
    assert environment.find_readable(tmp_path, "3.*") == []


def test_cache_that_cannot_be_written_is_said_with_what_to_do(tmp_path: Path, monkeypatch):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file" / "cache"))
    with pytest.raises(SystemExit, match=r"can't be written to .*make up HOME="):
        environment.check_cache()
