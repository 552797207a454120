"""The Dockerfile: pinned, without privileges, and complete. It is read here, not built."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from gpu_container.requirements import BUILD_FILE, BUILD_GROUPS, GROUPS, REQUIREMENTS_FILE, ROOT, export

DOCKERFILE = ROOT / "gpu_container" / "Dockerfile"
HADOLINT = Path(sys.executable).with_name("hadolint")
Instruction = tuple[str, list[str]]


def instructions() -> list[Instruction]:
    lines = [line for line in DOCKERFILE.read_text().splitlines() if not line.lstrip().startswith("#")]
    joined = "\n".join(lines).replace("\\\n", " ")
    return [(line.split()[0], line.split()[1:]) for line in joined.splitlines() if line.strip()]


def stages() -> dict[str, list[Instruction]]:
    """Returns each stage's instructions by its name. The last stage has no name."""
    found: dict[str, list[Instruction]] = {}
    for word, rest in instructions():
        if word == "FROM":
            name = rest[2] if rest[1:2] == ["AS"] else "final"
            found[name] = []
        found[name].append((word, rest))
    return found


def copies(stage: str) -> list[tuple[list[str], str]]:
    """Returns what a stage copies from the repository, and where to, below its working folder."""
    found = [rest for word, rest in stages()[stage] if word == "COPY" and not rest[0].startswith("--from")]
    plain = [[each for each in rest if not each.startswith("--chmod=")] for rest in found]
    return [(sources, target) for *sources, target in plain]


def exactly(word: str, stage: str = "final") -> list[str]:
    (rest,) = (rest for each, rest in stages()[stage] if each == word)
    return rest


def test_base_images_are_pinned_by_digest():
    images = [rest[0] for word, rest in instructions() if word == "FROM" and rest[0] not in stages()]
    assert [image for image in images if "@sha256:" not in image] == []
    assert exactly("FROM") == ["base"]
    assert exactly("FROM", "base")[0].startswith("nvidia/cuda:13.")


@pytest.mark.parametrize(("file", "groups"), [(REQUIREMENTS_FILE, GROUPS), (BUILD_FILE, BUILD_GROUPS)])
def test_requirements_of_the_container_are_those_of_the_lock(file, groups):
    assert file.read_text() == export(groups)


def test_container_runs_without_privileges():
    user, group = map(int, exactly("USER")[0].split(":"))
    assert user > 0
    assert group > 0


@pytest.mark.parametrize("word", ["ENTRYPOINT", "HEALTHCHECK"])
def test_programs_get_signals_themselves_and_exist(word):
    text = " ".join(exactly(word))
    python, option, module = json.loads(text[text.index("[") :])
    assert (python, option) == ("python", "-m")
    path = ROOT / module.replace(".", "/")
    assert path.with_suffix(".py").exists() or (path / "__main__.py").exists()


def test_container_is_stopped_by_sigterm():
    assert exactly("STOPSIGNAL") == ["SIGTERM"]


def test_container_requires_a_gpu():
    assert "IMGOPT_UPSCALE_DEVICE=cuda" in exactly("ENV")


def test_container_holds_no_secrets():
    known = [each for word, rest in instructions() if word in ("ENV", "ARG") for each in rest]
    assert not [each for each in known if any(sign in each.upper() for sign in ("KEY", "PASSWORD", "SECRET", "TOKEN"))]


def test_copied_files_exist_and_are_sent_to_the_builder():
    sent = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    for stage in stages():
        for sources, _ in copies(stage):
            for source in sources:
                assert (ROOT / source).exists()
                assert any(Path(source).is_relative_to(each) for each in sent), source


@pytest.mark.parametrize(
    ("stage", "modules"),
    [
        ("models", "gpu_container.models.half_precision"),
        ("final", "gpu_container.worker.__main__, gpu_container.health"),
    ],
)
def test_programs_find_all_of_ours_that_they_import_in_what_was_copied(stage, modules, tmp_path):
    for sources, target in copies(stage):
        for source in sources:
            place(ROOT / source, tmp_path / target.lstrip("/"), is_folder=target.endswith("/"))
    root = tmp_path / "app" if stage == "final" else tmp_path
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": str(root), "PYTHONDONTWRITEBYTECODE": "1"}
    program = f"import imgopt, {modules}; print(imgopt.__file__)"
    done = subprocess.run(
        [sys.executable, "-P", "-c", program],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert Path(done.stdout.strip()).is_relative_to(root)


def place(source: Path, target: Path, *, is_folder: bool) -> None:
    if source.is_dir():
        shutil.copytree(source, target, ignore=shutil.ignore_patterns("__pycache__"))
        return
    destination = target / source.name if is_folder else target
    destination.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, destination)


@pytest.mark.skipif(not HADOLINT.exists(), reason="hadolint is not in this environment")
def test_the_recipe_has_no_lint():
    done = subprocess.run([HADOLINT, DOCKERFILE], capture_output=True, text=True, check=False)
    assert (done.stdout, done.returncode) == ("", 0)
