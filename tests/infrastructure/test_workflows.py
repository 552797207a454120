"""Workflows on GitHub: free of lint, pinned by commit, without a key of AWS, and in the right order."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from cdk.bytecode import PYTHON_VERSION
from cdk.paths import ROOT

FOLDER = ROOT / ".github" / "workflows"
FILES = sorted(FOLDER.glob("*.yml"))
# For other people's repositories.
RECIPE = ROOT / "docs" / "recipes" / "optimize-images.yml"
ACTIONLINT = Path(sys.executable).with_name("actionlint")
PINNED = re.compile(r"[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
MAKEFILE = (ROOT / "Makefile").read_text()


def workflow(name: str) -> dict[str, Any]:
    return yaml.safe_load((FOLDER / f"{name}.yml").read_text())


@pytest.mark.parametrize("paths", [[], [RECIPE]], ids=["own", "recipe"])
def test_workflows_have_no_lint(paths):
    done = subprocess.run([ACTIONLINT, *paths], cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr, done.returncode) == ("", "", 0)


def test_invalid_workflow_is_found_by_the_lint(tmp_path):
    path = tmp_path / "wrong.yml"
    path.write_text(
        (FOLDER / "image.yml").read_text().replace("needs.build.outputs.first", "needs.built.outputs.first")
    )
    done = subprocess.run([ACTIONLINT, path], capture_output=True, text=True, check=False)
    assert "built" in done.stdout
    assert done.returncode == 1


@pytest.mark.parametrize("path", [*FILES, RECIPE], ids=lambda path: path.stem)
def test_actions_are_pinned_by_their_commit(path):
    used = re.findall(r"uses: (.+)", path.read_text())
    assert used
    assert [each for each in used if not each.startswith("./") and not PINNED.fullmatch(each)] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_workflow_may_read_the_repository_and_ask_for_its_token_alone(path):
    known = workflow(path.stem)
    assert known["permissions"] == {}
    granted = [each["permissions"] for each in known["jobs"].values()]
    assert all(each.items() <= {"contents": "read", "id-token": "write"}.items() for each in granted)
    tokens = [name for name, each in known["jobs"].items() if "id-token" in each["permissions"]]
    assert tokens == {"deploy": ["staging", "production"], "deploy-to": ["deploy"]}.get(path.stem, [])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_key_of_aws_is_stored(path):
    assert {*re.findall(r"secrets\.(\w+)", path.read_text())} <= {"SMOKE_KEY"}
    assert "access-key" not in path.read_text()


@pytest.mark.parametrize("path", [*FILES, RECIPE], ids=lambda path: path.stem)
def test_script_holds_no_expression(path):
    """The value of an expression would be executed as a part of the script."""
    jobs = yaml.safe_load(path.read_text())["jobs"].values()
    scripts = [step["run"] for job in jobs for step in job.get("steps", ()) if "run" in step]
    assert [each for each in scripts if "${{" in each] == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_commands_of_a_workflow_are_targets_that_there_are(path):
    targets = {*re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE)}
    assert {*re.findall(r"make ([a-z-]+)", path.read_text())} <= targets


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_python_is_that_of_the_functions(path):
    versions = re.findall(r'python-version: "(.+?)"', path.read_text())
    assert {*versions} <= {PYTHON_VERSION}


def test_production_follows_staging_and_staging_follows_the_tests():
    jobs = workflow("deploy")["jobs"]
    assert [jobs[name]["needs"] for name in ("staging", "production")] == ["test", "staging"]
    commands = [step["run"] for step in jobs["test"]["steps"] if "run" in step]
    assert commands == ["make lint", "make test", "make test-programs", "make synth"]
    assert [jobs[name]["with"]["environment"] for name in ("staging", "production")] == ["staging", "production"]


def test_environment_is_compared_then_deployed_then_tried():
    job = workflow("deploy-to")["jobs"]["deploy"]
    commands = [re.findall(r"make \w+", step["run"])[-1] for step in job["steps"] if "run" in step]
    assert commands == ["make diff", "make deploy", "make smoke"]
    assert job["environment"] == "${{ inputs.environment }}"


def test_fork_deploys_nothing():
    assert workflow("deploy")["jobs"]["test"]["if"] == "vars.AWS_REGION != ''"


def test_recipe_uses_the_actions_that_are_used_here():
    used, known = (set(re.findall(r"uses: (.+)", text)) for text in (RECIPE.read_text(), all_of(FILES)))
    assert used <= known


def all_of(files: list[Path]) -> str:
    return "".join(path.read_text() for path in files)


def test_recipe_gives_its_key_to_one_step_and_to_no_fork():
    known = yaml.safe_load(RECIPE.read_text())
    (job,) = known["jobs"].values()
    assert "pull_request_target" not in RECIPE.read_text()
    assert "github.event.pull_request.head.repo.full_name == github.repository" in job["if"]
    assert (known["permissions"], job["permissions"]) == ({}, {"contents": "write"})
    assert [step["name"] for step in job["steps"] if "secrets" in str(step)] == ["optimize them"]
