"""What a compromised decoder could reach, tried from within each kind of sandbox."""

import errno
import json
import os
import re
import struct
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

from imgopt.errors import InvalidImage
from imgopt.sandbox import confinement, forking, landlock, seccomp, spawning, syscalls
from imgopt.sandbox.budget import Budget

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the kernel of Linux confines these processes")

HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}
# Each is the name of what it tries, and ends with an OSError where it is refused.
PROBES = """
import ctypes, errno, json, os, resource, signal, socket, sys, threading

LIBC = ctypes.CDLL(None, use_errno=True)
PARENT = os.getppid()

def ask(name, *arguments):
    call = getattr(LIBC, name)
    if call(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)

def connect(): socket.socket().connect(("127.0.0.1", 9))
def talk(): socket.socket(socket.AF_UNIX)
def pair(): socket.socketpair()
def trace(): ask("ptrace", 16, PARENT, None, None)
def look(): ask("process_vm_readv", PARENT, None, 0, None, 0, 0)
def read_environment(): open(f"/proc/{PARENT}/environ", "rb").read()
def read_memory(): open(f"/proc/{PARENT}/mem", "rb")
def end_parent(): os.kill(PARENT, 0)
def end_group(): os.killpg(os.getpgid(0), 0)
def limit_parent(): resource.prlimit(PARENT, resource.RLIMIT_CORE, (0, 0))
def leave_group(): os.setsid()
def leave_users(): ask("unshare", 0x10000000)
def mount(): ask("mount", b"none", b"/mnt", b"tmpfs", 0, None)
def make_file(): os.open(sys.argv[0] + "x", os.O_CREAT | os.O_WRONLY)
def empty_file(): os.open(__file__, os.O_RDONLY | os.O_TRUNC)
def remove_file(): os.unlink(__file__)
def make_folder(): os.mkdir("/tmp/new-folder")
def have_keys(): ask("syscall", KEYCTL, 0, -3, 0)
def have_ring(): ask("syscall", 425, 1, None)
def fork():
    if not os.fork(): os._exit(0)
def start(): os.posix_spawn("/bin/true", ["true"], {})
def become(): os.execv("/bin/true", ["true"])
def use_threads():
    thread = threading.Thread(target=len, args=((),))
    thread.start()
    thread.join()

KEYCTL = {"x86_64": 250, "aarch64": 219}[os.uname().machine]
REFUSED = (
    connect, talk, pair, trace, look, read_environment, read_memory, end_parent, end_group, limit_parent,
    leave_group, leave_users, mount, make_file, empty_file, remove_file, make_folder, have_keys, have_ring,
)
EXECUTING = (fork, start, become)

def is_refused(attempt):
    try:
        attempt()
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES)
    return False

def try_all(data=b""):
    use_threads()
    open("/proc/self/statm").read()
    allowed = [each.__name__ for each in REFUSED if not is_refused(each)]
    starts = data == b"starts" or [each.__name__ for each in EXECUTING if not is_refused(each)]
    privileges = [line for line in open("/proc/self/status") if line.startswith(("NoNewPrivs", "CapEff"))]
    names = {"files": resource.RLIMIT_FSIZE, "dumps": resource.RLIMIT_CORE, "descriptors": resource.RLIMIT_NOFILE}
    said = {"allowed": allowed, "starts": starts, "environment": dict(os.environ), "privileges": privileges}
    return json.dumps({**said, **{name: resource.getrlimit(kind)[1] for name, kind in names.items()}}).encode()

def try_apart(data):
    from imgopt.sandbox import spawning
    return spawning.call_sandboxed("probes:try_all", data, spawning.ChildLimits(20, 1 << 30), "x")

def try_as_gifsicle(data):
    from imgopt.codecs.gif import gifsicle
    gifsicle._program = lambda: __file__
    return gifsicle.run_gifsicle([], b"x")[0]

def read(data): return open(data, "rb").read()

if __name__ == "__main__":
    sys.stdout.buffer.write(try_all(b"starts"))
"""
KINDS = ("job", "job that starts programs", "alone", "apart within a job", "gifsicle")


@pytest.fixture(scope="module", autouse=True)
def probes(tmp_path_factory: pytest.TempPathFactory):
    """A server of this file's own, which finds the functions above."""
    folder = tmp_path_factory.mktemp("probes")
    program = folder / "probes.py"
    program.write_text(f"#!{sys.executable} -S\n{PROBES}")
    program.chmod(0o700)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sys, "path", [*sys.path, str(folder)])
        patched.setenv("AWS_SECRET_ACCESS_KEY", "secret")
        forking.stop()
        yield folder
    forking.stop()


def in_job(name: str, data: bytes = b"", *, programs: bool = False) -> bytes:
    return forking.call_forked(f"probes:{name}", data, Budget(20, 1 << 30), 20, "It can't be read.", programs=programs)


def alone(name: str, data: bytes = b"") -> bytes:
    return spawning.call_spawned(f"probes:{name}", data, spawning.ChildLimits(20, 1 << 30), "It can't be read.")


@pytest.fixture(scope="module")
def found(probes) -> dict[str, dict]:
    """Returns what each kind of process could do; each process is tried once."""
    asked = {
        "job": partial(in_job, "try_all"),
        "job that starts programs": partial(in_job, "try_all", b"starts", programs=True),
        "alone": partial(alone, "try_all"),
        "apart within a job": partial(in_job, "try_apart", programs=True),
        "gifsicle": partial(in_job, "try_as_gifsicle", programs=True),
    }
    return {kind: json.loads(ask()) for kind, ask in asked.items()}


@pytest.mark.parametrize("kind", KINDS)
def test_a_process_that_reads_images_reaches_nothing(found, kind):
    of_its_own_job = ["end_parent", "limit_parent"] if kind == "gifsicle" else []
    assert found[kind]["allowed"] == of_its_own_job


@pytest.mark.parametrize("kind", ["job", "alone", "apart within a job"])
def test_sandbox_starts_no_programs_unless_allowed(found, kind):
    assert found[kind]["starts"] == []


@pytest.mark.parametrize("kind", KINDS)
def test_sandbox_has_neither_credentials_nor_privileges(found, kind):
    known = found[kind]
    told = {name for name in known["environment"] if name.startswith(("AWS", "IMGOPT"))}
    assert told <= {"IMGOPT_MODELS_FOLDER"}
    assert [line.split()[1].lstrip("0") for line in known["privileges"]] == ["", "1"]
    assert (known["files"], known["dumps"]) == (0, 0)
    assert known["descriptors"] <= confinement.DESCRIPTORS


@pytest.mark.parametrize("run", [in_job, alone])
def test_sandbox_reads_files_of_libraries_alone(run, tmp_path):
    if landlock.LIBC.syscall(landlock.CREATE_RULESET, None, 0, landlock.VERSION_FLAG) < 1:
        pytest.skip("this kernel has no Landlock")
    secret = tmp_path / "key"
    secret.write_text("secret")
    with pytest.raises(Exception, match="It can't be read"):
        run("read", str(secret).encode())
    assert run("read", json.__file__.encode())


def test_a_folder_of_packages_is_readable_and_one_that_holds_such_is_not(monkeypatch, tmp_path):
    """The repository is on the path where it is installed to be edited, and may have keys below it."""
    repository, packages, current = tmp_path, tmp_path / "layer" / "python", tmp_path / "current"
    for folder in (packages, current):
        folder.mkdir(parents=True)
    monkeypatch.chdir(current)
    monkeypatch.setattr(sys, "path", ["", *sys.path, str(repository), str(packages), str(current)])
    readable = landlock.readable.__wrapped__()
    assert {str(packages), str(packages.parent / "bin")} <= readable
    assert not {str(repository), str(current), ""} & readable


OTHERS = """
import os
from imgopt.sandbox import confinement

def child_reads():
    pid = os.fork()
    if not pid:
        try:
            open(f"/proc/{os.getppid()}/environ", "rb").read()
        except PermissionError:
            os._exit(1)
        os._exit(0)
    return not os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

if not os.getuid():
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
    confinement.LIBC.prctl(confinement.PR_SET_DUMPABLE, 1, 0, 0, 0)
before = child_reads()
confinement.make_undumpable()
print(before, child_reads(), bool(open("/proc/self/statm").read()))
"""


def test_a_process_that_hides_is_closed_to_others_of_its_user():
    """No other means is used, as on a kernel without Landlock. Root could read the process nevertheless."""
    command, environment = [sys.executable, "-S", "-c", OTHERS], {**spawning.child_environment(), "KEY": "secret"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["True", "False", "True"], done.stderr


@pytest.mark.parametrize("machine", HEADERS)
def test_numbers_are_those_of_the_kernel(machine):
    """The kernel's headers must be installed. The newest calls are younger than some headers."""
    if not HEADERS[machine].exists():
        pytest.skip("no headers of Linux here")
    numbers = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text()))
    of = seccomp.MACHINES.index(machine)
    for name, known in {**syscalls.REFUSED_CALLS, **syscalls.EXECUTING, **syscalls.CONDITIONAL}.items():
        if name in numbers:
            assert (name, known[of]) == (name, int(numbers[name]))


def judge(code: bytes, architecture: int, call: int, *arguments: int) -> int:
    """Returns the kernel's answer by a filter, see `struct seccomp_data`."""
    data = struct.pack("=IIQ6Q", call, architecture, 0, *arguments, *(6 - len(arguments)) * (0,))
    steps, at, word = list(seccomp.INSTRUCTION.iter_unpack(code)), 0, 0
    while True:
        kind, if_true, if_not, value = steps[at]
        at += 1
        match kind:
            case seccomp.RETURN:
                return value
            case seccomp.LOAD:
                (word,) = struct.unpack_from("=I", data, value)
            case seccomp.JUMP:
                at += value
            case _:
                met = {seccomp.EQUAL: word == value, seccomp.AT_LEAST: word >= value, seccomp.ANY_BIT: word & value}
                at += if_true if met[kind] else if_not


OWN = 4321
REFUSE, UNKNOWN, ALLOW = seccomp.REFUSE | errno.EPERM, seccomp.REFUSE | errno.ENOSYS, seccomp.ALLOW
THREAD = 0x3D0F00  # what pthread_create asks for
VERDICTS = (
    *(("socket", (), REFUSE), ("unlinkat", (), REFUSE), ("execve", (), REFUSE), ("clone3", (), UNKNOWN)),
    *(("clone", (THREAD,), ALLOW), ("clone", (17,), REFUSE), ("clone", (THREAD | 0x10000000,), REFUSE)),
    *(("openat", (0, 0, os.O_RDONLY | os.O_CLOEXEC), ALLOW), ("openat", (0, 0, os.O_RDWR), REFUSE)),
    *(("tgkill", (OWN, OWN), ALLOW), ("tgkill", (1, 1), REFUSE), ("kill", (2**32 - OWN,), REFUSE)),
    *(("prlimit64", (0,), ALLOW), ("prlimit64", (OWN,), ALLOW), ("prlimit64", (1,), REFUSE)),
)


@pytest.mark.parametrize("of", range(len(seccomp.MACHINES)), ids=seccomp.MACHINES)
@pytest.mark.parametrize(("name", "arguments", "verdict"), VERDICTS)
def test_the_filter_judges_alike_on_each_machine(of, name, arguments, verdict):
    """This includes the filter for the architecture on which the tests don't run."""
    numbers = {**syscalls.REFUSED_CALLS, **syscalls.EXECUTING, **syscalls.CONDITIONAL}
    code = seccomp.refusals(of, programs=False) + b"".join(seccomp._conditions(of, OWN, programs=False))
    here, elsewhere = seccomp.ARCHITECTURES[of], seccomp.ARCHITECTURES[1 - of]
    assert judge(code, here, numbers[name][of], *arguments) == verdict
    assert judge(code, here, 9999) == ALLOW
    assert judge(code, here, numbers[name][of] | seccomp.X32_BIT) == UNKNOWN
    assert judge(code, elsewhere, 9999) == seccomp.KILL_PROCESS


@pytest.mark.parametrize("of", range(len(seccomp.MACHINES)), ids=seccomp.MACHINES)
def test_programs_of_the_sandbox_start_in_no_new_namespace(of):
    code = seccomp.refusals(of, programs=True) + b"".join(seccomp._conditions(of, OWN, programs=True))
    here, clone = seccomp.ARCHITECTURES[of], syscalls.CONDITIONAL["clone"][of]
    assert judge(code, here, syscalls.EXECUTING["execve"][of]) == ALLOW
    assert [judge(code, here, clone, flags) for flags in (17, 17 | 0x10000000)] == [ALLOW, REFUSE]
    assert judge(code, here, syscalls.REFUSED_CALLS["socket"][of]) == REFUSE


def test_a_machine_without_a_filter_is_said_once(monkeypatch):
    said: list[dict] = []
    monkeypatch.setattr("imgopt.telemetry.logger.warning", lambda text, **more: said.append(more))
    spawning._note_missing.cache_clear()
    for _ in range(2):
        assert spawning.unwrap({"without": "seccomp something-else"}, b"made", "x") == b"made"
    assert said == [{"without": ["seccomp"]}]


def test_error_of_a_kind_that_is_not_known_is_no_result():
    with pytest.raises(InvalidImage, match="refused"):
        spawning.unwrap({"error": "Unread", "message": "x"}, b"", "refused")
