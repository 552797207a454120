"""Work in a forked process: its limits, and how its end is reported."""

import os
import signal
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from imgopt.errors import InvalidImage, TooCostly, TooLarge
from imgopt.sandbox import forking
from imgopt.sandbox.budget import PAGE_BYTES, Budget

REFUSAL = "It can't be read."
ENOUGH = Budget(20, 1 << 30)
MEGABYTE = 1 << 20
WORK = """
import os, sys, time
from imgopt.sandbox import budget
from imgopt.errors import TooLarge

def double(data): return data * 2
def burn(data):
    while True: pass
def hog(data): return bytes(110 << 20)
def wait(data): time.sleep(60)
def flood(data):
    while True: os.write(3, bytes(1 << 20))
def crash(data): os.kill(os.getpid(), 11)
def fail(data): raise KeyError("secret")
def refuse(data): raise TooLarge("Too many of them.")
def see(data): return repr(sorted(os.environ)).encode()
def faults(data):
    import resource
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    held = b"1" * len(data) * (1 << 20)
    return str(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before).encode()
def threads(data):
    from imgopt.codecs.shared import vips
    return str(vips.library().vips_lib.vips_concurrency_get()).encode()
def number(data): return str(os.getpid()).encode()
def parent(data): return str(os.getppid()).encode()
def descriptors(data): return str(len(os.listdir("/proc/self/fd"))).encode()
def left(data): return str(budget.current().seconds_left).encode()
def nested(data):
    from imgopt.sandbox import spawning
    limits = spawning.ChildLimits(20, 1 << 30)
    here = spawning.call_spawned("forked_work:number", b"", limits, "x")
    apart = spawning.call_sandboxed("forked_work:number", b"", limits, "x")
    return repr([here == number(b""), apart == number(b"")]).encode()
def end_nested(data):
    from imgopt.sandbox import spawning
    from imgopt.errors import InvalidImage
    try:
        spawning.call_sandboxed("forked_work:" + data.decode(), b"", spawning.ChildLimits(0.5, 1 << 30), "x")
    except InvalidImage:
        return b"ended"
def leave(data):
    pid = os.fork()
    if not pid: time.sleep(60); os._exit(0)
    return str(pid).encode()
"""


def glibc_version() -> str:
    """Returns a version such as "glibc 2.36", or "" without glibc."""
    try:
        return os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError):
        return ""


def has_large_pages() -> bool:
    modes = Path("/sys/kernel/mm/transparent_hugepage/enabled")
    name, _, version = glibc_version().partition(" ")
    knows = name == "glibc" and tuple(map(int, version.split("."))) >= (2, 35)
    return knows and modes.is_file() and "[madvise]" in modes.read_text()


@pytest.fixture(scope="module", autouse=True)
def work(tmp_path_factory: pytest.TempPathFactory):
    """A server of this file's own, which finds the functions above."""
    folder = tmp_path_factory.mktemp("work")
    (folder / "forked_work.py").write_text(WORK)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        patch.setattr(sys, "path", [*sys.path, str(folder)])
        forking.stop()
        yield
        forking.stop()


def call(name: str, data: bytes = b"", budget: Budget = ENOUGH, seconds: float = 20, *, programs=False) -> bytes:
    return forking.call_forked(f"forked_work:{name}", data, budget, seconds, REFUSAL, programs=programs)


def test_bytes_go_in_and_come_out():
    data = os.urandom(1 << 20)
    assert call("double", data) == data * 2


def test_computing_time_is_limited_by_the_kernel():
    with pytest.raises(TooCostly, match=r"more computing time than its credits pay for \(1 s\)"):
        call("burn", budget=Budget(0.6, 1 << 30))


def test_memory_is_limited_by_the_kernel():
    assert len(call("hog")) == 110 << 20
    with pytest.raises(TooCostly, match=r"more memory than a job may use \(104 MB\)"):
        call("hog", budget=Budget(20, 100 << 20))


def test_an_answer_without_an_end_is_not_listened_to():
    """A child that was taken over by what it read could fill the memory of whoever asked."""
    with pytest.raises(InvalidImage, match=REFUSAL):
        call("flood", budget=Budget(20, 200 << 20))


def test_time_on_the_clock_is_limited():
    with pytest.raises(TooCostly, match="takes too long"):
        call("wait", seconds=0.2)


@pytest.mark.parametrize("way", ["crash", "fail"])
def test_crash_or_failure_of_a_job_has_a_single_public_reason(way):
    with pytest.raises(InvalidImage, match=REFUSAL) as caught:
        call(way)
    assert "secret" not in repr(caught.value.__cause__)


def test_public_errors_come_back_as_they_are():
    with pytest.raises(TooLarge, match="Too many of them"):
        call("refuse")


@pytest.mark.skipif(not has_large_pages(), reason="the machine has no large pages for those who ask, or glibc does not")
def test_memory_of_pixels_is_asked_for_in_large_pages():
    megabytes = 64
    assert int(call("faults", bytes(megabytes))) < megabytes * MEGABYTE / PAGE_BYTES / 4


def test_libvips_of_a_job_has_one_thread():
    assert call("threads") == b"1"


def test_credentials_stay_behind():
    assert not [name for name in ("AWS", "IMGOPT_TABLE", "secret") if name in call("see").decode()]


def test_job_has_a_process_of_its_own_that_knows_its_budget():
    assert call("number") != call("number")
    assert 19 < float(call("left")) <= 20


def test_jobs_side_by_side_share_nothing():
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda number: call("double", bytes([number]) * 50_000), range(24)))
        open_ones = set(pool.map(lambda _: int(call("descriptors")), range(16)))
    assert made == [bytes([number]) * 100_000 for number in range(24)]
    assert max(open_ones) <= 5  # request, answer, the null device twice, the folder that is read


def test_subprocess_of_a_job_ends_with_it():
    other = Path(f"/proc/{int(call('leave', programs=True))}")
    until = time.monotonic() + 5
    while other.exists() and time.monotonic() < until:
        pass
    assert not other.exists()


def test_a_server_that_died_is_replaced():
    server = int(call("parent"))
    os.kill(server, signal.SIGKILL)
    os.waitid(os.P_PID, server, os.WEXITED | os.WNOWAIT)
    assert call("double", b"a") == b"aa"


def test_isolated_work_is_done_by_a_job_itself_unless_it_may_fail():
    assert call("nested", programs=True) == b"[True, False]"


def test_subprocess_of_a_job_is_within_its_budget():
    assert call("end_nested", b"burn", Budget(0.6, 1 << 30), programs=True) == b"ended"


def test_subprocess_of_a_job_has_a_clock_of_its_own():
    assert call("end_nested", b"wait", programs=True) == b"ended"


def test_the_server_ends_with_whoever_started_it():
    server = int(call("parent"))
    forking.stop()
    assert not Path(f"/proc/{server}").exists()
