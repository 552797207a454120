"""Everything that is installed, built or run has a known hash."""

import json
import re
import subprocess
import tomllib

import pytest

from cdk import node
from cdk.layers import SOURCE_ONLY
from cdk.paths import ROOT, UV
from local.environment import UV_REQUIREMENT, uv_version
from supply_chain import npm

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
REQUIREMENTS = [*ROOT.glob("layers/*/requirements.txt"), *ROOT.glob("gpu_container/*.txt"), UV_REQUIREMENT]


@pytest.fixture(scope="module")
def lock():
    return tomllib.loads((ROOT / "uv.lock").read_text())


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_requirement_has_a_version_and_hashes(file):
    requirements = file.read_text().replace("\\\n", " ").splitlines()
    assert requirements
    assert [
        line for line in requirements if not re.fullmatch(r"[\w.-]+==\S+( ; .*?)?( +--hash=sha256:\w{64})+", line)
    ] == []


def test_every_locked_archive_has_a_hash(lock):
    archives = [
        file for package in lock["package"] for file in (*package.get("wheels", ()), package.get("sdist")) if file
    ]
    assert len(archives) > len(lock["package"])
    assert [file["url"] for file in archives if not file["hash"].startswith("sha256:")] == []


def test_uv_is_the_one_of_the_lock():
    command = [str(UV), "export", "--frozen", "--quiet", "--only-group", "uv", "--no-annotate", "--no-header"]
    assert (
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        == UV_REQUIREMENT.read_text()
    )
    assert subprocess.check_output([UV, "--version"], text=True).split()[1] == uv_version()


def test_packages_without_wheels_alone_are_built_and_by_locked_packages(lock):
    settings = PROJECT["tool"]["uv"]
    assert settings["no-build"]
    assert {package["name"] for package in lock["package"] if "wheels" not in package} == {"imgopt", *SOURCE_ONLY}
    assert set(settings["no-binary-package"]) == set(SOURCE_ONLY)
    assert set(settings["no-build-isolation-package"]) == {"imgopt", *SOURCE_ONLY}
    builders = {re.split(r"[<>=]", requirement)[0] for requirement in PROJECT["build-system"]["requires"]}
    assert builders <= {re.split(r"[<>=]", requirement)[0] for requirement in PROJECT["dependency-groups"]["build"]}


def test_packages_newer_than_a_week_are_not_locked(lock):
    assert PROJECT["tool"]["uv"]["exclude-newer"] == "7 days"
    assert lock["options"]["exclude-newer-span"] == "P7D"


@pytest.mark.parametrize("folder", npm.NPM_FOLDERS, ids=lambda folder: folder.name)
def test_an_npm_package_is_locked_by_a_hash_and_asked_of_the_registry(folder):
    rows = json.loads((folder / "package-lock.json").read_text())["packages"]
    wanted = json.loads((folder / "package.json").read_text())["dependencies"]
    assert rows[""]["dependencies"] == wanted
    assert [name for name, version in wanted.items() if not re.fullmatch(r"\d+\.\d+\.\d+", version)] == []
    assert [name for name, row in rows.items() if "resolved" in row or "link" in row] == []
    assert len(npm.locked(folder)) == len(rows) - 1


def test_every_npm_package_is_in_a_lock():
    folders = [path for path in ROOT.glob("[!.]*/") if path.name not in ("build", "demo-results")]
    listed = {path for folder in folders for path in folder.rglob("package.json")}
    assert listed == {folder / "package.json" for folder in npm.NPM_FOLDERS}, "supply_chain/npm.py has NPM_FOLDERS"


@pytest.mark.parametrize("file", ["Makefile", "cdk/node.py", "cdk.json", "benchmarks/peers/programs.py"])
def test_no_node_program_runs_by_a_version_that_floats(file):
    text = (ROOT / file).read_text()
    assert re.findall(r"npx|npm exec|\"(?:exec|install|i|add)\"|@latest|[\w-]@\d+\.\d+", text) == []


def test_installing_node_programs_runs_none_of_their_scripts(monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(node, "run_npm", lambda *arguments: asked.append(arguments))
    node.fetch(node.PROGRAMS, tmp_path)
    assert [arguments[0] for arguments in asked] == ["ci"]
    assert "--ignore-scripts" in asked[0]
    assert {path.name for path in tmp_path.iterdir()} == {"package.json", "package-lock.json"}
