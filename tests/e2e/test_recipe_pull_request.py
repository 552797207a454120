"""The steps of the workflow in docs/recipes for pull requests, in a repository of the test."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import pictures
from tests.e2e.recipes import FOLDER
from tests.e2e.workflow_steps import Runner

WORKFLOW = FOLDER / "optimize-images.yml"
BRANCH, INSTALLING = "new-pictures", "install the client"
PHOTO = pictures.encode(pictures.draw(size=(640, 480)), "JPEG", quality=98)
needs_programs = pytest.mark.skipif(not all(map(shutil.which, ("git", "jq", "bash"))), reason="runs git and jq")
pytestmark = needs_programs


def git(folder: Path, *arguments: str) -> str:
    identity = ("-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-c", "init.defaultBranch=main")
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def commit(folder: Path, message: str, **files: bytes) -> str:
    for name, data in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(data)
    git(folder, "add", "--all")
    git(folder, "commit", "-m", message)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A branch that adds a photo and a text, beside a photo that was there before."""
    git(tmp_path, "init", "--bare", "origin")
    git(tmp_path, "clone", "--quiet", "origin", "checkout")
    folder = tmp_path / "checkout"
    commit(folder, "Begin", old_jpg=PHOTO)
    git(folder, "push", "--quiet", "origin", "main")
    git(folder, "switch", "--quiet", "--create", BRANCH)
    (folder / "a [new] photo.JPG").write_bytes(PHOTO + bytes(1))
    (folder / "link.jpg").symlink_to("old.jpg")
    commit(folder, "Add a photo", notes_txt=b"text")
    git(folder, "push", "--quiet", "origin", BRANCH)
    return folder


@pytest.fixture
def run(checkout, tmp_path, cloud, api_key):
    """Runs the workflow's steps on the branch as it is; the client is that of this environment."""
    values = {
        "github.event.pull_request.base.sha": git(checkout, "rev-parse", "main"),
        "github.event.pull_request.head.ref": BRANCH,
        "vars.IMGOPT_SERVER": cloud.url,
        "secrets.IMGOPT_API_KEY": api_key,
    }
    programs = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"

    def run_steps(name: str = "run", **others: str) -> Runner:
        runner = Runner(checkout, tmp_path / name, {**values, **others}, programs)
        runner.run(WORKFLOW, "optimize", leave_out=INSTALLING)
        return runner

    return run_steps


def committed(folder: Path) -> list[str]:
    """The subjects at the branch of the origin, the last one first."""
    git(folder, "fetch", "--quiet", "origin")
    return git(folder, "log", "--format=%s", f"main..origin/{BRANCH}").splitlines()


def test_new_images_are_committed_smaller(run, checkout):
    summary = run().summary
    assert committed(checkout) == ["Optimize images", "Add a photo"]
    assert git(checkout, "-c", "core.quotePath=false", "show", "--format=", "--name-only") == "a [new] photo.JPG"
    assert (checkout / "a [new] photo.JPG").stat().st_size < len(PHOTO)
    assert (checkout / "old.jpg").read_bytes() == PHOTO
    assert "| `a [new] photo.JPG` |" in summary
    assert "Images that are smaller: 1, by " in git(checkout, "log", "-1", "--format=%b")


def test_images_that_are_done_are_not_sent_again(run, checkout):
    run()
    second = run("second")
    assert committed(checkout) == ["Optimize images", "Add a photo"]
    assert "photo" not in second.summary


def test_image_that_is_changed_anew_is_sent_again(run, checkout):
    run()
    (checkout / "a [new] photo.JPG").write_bytes(PHOTO)
    commit(checkout, "Take it anew")
    git(checkout, "push", "--quiet", "origin", BRANCH)
    run("second")
    assert committed(checkout) == ["Optimize images", "Take it anew", "Optimize images", "Add a photo"]


def test_damaged_image_is_named_and_the_others_are_committed(run, checkout):
    commit(checkout, "Add a damaged one", damaged_png=pictures.png()[:-40])
    git(checkout, "push", "--quiet", "origin", BRANCH)
    summary = run().summary
    assert committed(checkout)[0] == "Optimize images"
    (row,) = [line for line in summary.splitlines() if "damaged.png" in line]
    assert "truncated" in row
    assert (checkout / "damaged.png").read_bytes() == pictures.png()[:-40]


def test_wrong_key_fails_and_changes_nothing(run, checkout):
    with pytest.raises(subprocess.CalledProcessError):
        run(**{"secrets.IMGOPT_API_KEY": "tfy_live_wrong"})
    assert committed(checkout) == ["Add a photo"]


def test_key_that_is_not_set_fails_before_anything_is_sent(run, checkout, capfd):
    with pytest.raises(subprocess.CalledProcessError):
        run(**{"secrets.IMGOPT_API_KEY": ""})
    assert "The secret IMGOPT_API_KEY is not set." in capfd.readouterr().err
