"""Docker's client, which the emulator would load at its start and never uses."""

import sys
from importlib import import_module

import pytest

from local.emulator.launch import leave_out_docker


def test_client_of_docker_is_not_loaded(monkeypatch):
    monkeypatch.setitem(sys.modules, "docker", None)  # is restored
    monkeypatch.delitem(sys.modules, "docker")
    leave_out_docker()
    with pytest.raises(ImportError):
        import_module("docker")
