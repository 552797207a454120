"""Work in a separate process: its outcome, and the caller's."""

import os
import sys
import time
from pathlib import Path

import pytest

from imgopt.errors import InvalidImage, TooLarge
from imgopt.sandbox import spawning

REFUSAL = "It needs too much memory or time."
ENOUGH = spawning.ChildLimits(20, 1 << 30)
WORK = """
import os, sys, time
from imgopt.errors import TooLarge

def double(data): return data * 2
def repeat(data, times, by): return data * times + by.encode()
def loop(data):
    while True: pass
def wait(data): time.sleep(60)
def crash(data): os.kill(os.getpid(), 11)
def abort(data): os.abort()
def hog(data): return bytes(4 << 30)
def recurse(data): return recurse(data)
def fail(data): raise KeyError("secret")
def refuse(data): raise TooLarge("Too many of them.")
def pretend(data): print('{"error": "NotFound", "message": "x"}', flush=True); return b"real"
def see(data): return repr(sorted(os.environ)).encode()
def heavy(data): return repr([name for name in ("pydantic", "boto3", "subprocess") if name in sys.modules]).encode()
def absent(data): import surely_not_there
def number(data): return str(os.getpid()).encode()
"""


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "isolated_work.py").write_text(WORK)
    monkeypatch.setattr(sys, "path", [*sys.path, str(tmp_path)])


def call(
    name: str, data: bytes = b"", limits: spawning.ChildLimits = ENOUGH, **parameters: spawning.Parameter
) -> bytes:
    return spawning.call_spawned(f"isolated_work:{name}", data, limits, REFUSAL, **parameters)


def test_bytes_go_in_and_come_out():
    data = os.urandom(1 << 20)
    assert call("double", data) == data * 2


def test_parameters_are_passed_by_name():
    assert call("repeat", b"a", times=3, by="ö") == "aaaö".encode()


@pytest.mark.parametrize("way", ["crash", "abort", "hog", "recurse", "fail"])
def test_end_of_the_child_has_a_single_public_reason(way):
    with pytest.raises(InvalidImage, match=REFUSAL) as caught:
        call(way)
    assert "secret" not in repr(caught.value.__cause__)


@pytest.mark.parametrize("way", ["loop", "wait"])
def test_time_is_limited(way):
    began = time.monotonic()
    with pytest.raises(InvalidImage, match=REFUSAL):
        call(way, limits=spawning.ChildLimits(0.3, 1 << 30))
    assert time.monotonic() - began < 5


def test_public_errors_come_back_as_they_are():
    with pytest.raises(TooLarge, match="Too many of them"):
        call("refuse")


def test_output_printed_by_a_library_is_no_answer():
    assert call("pretend") == b"real"


def test_credentials_stay_behind(monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    monkeypatch.setenv("IMGOPT_TABLE_NAME", "table")
    assert not [name for name in ("AWS", "IMGOPT_TABLE", "secret") if name in call("see").decode()]


def test_the_child_loads_little():
    assert call("heavy") == b"[]"


def test_a_missing_module_is_not_blamed_on_the_image():
    with pytest.raises(ImportError):
        call("absent")
    with pytest.raises(ImportError):
        spawning.call_spawned("imgopt.nowhere:nothing", b"", ENOUGH, REFUSAL)


def test_calls_have_processes_of_their_own():
    assert len({call("number"), call("number"), str(os.getpid()).encode()}) == 3
