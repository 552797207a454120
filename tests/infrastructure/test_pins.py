"""What is installed, built or run is known by its hash before it is fetched."""

import re
import subprocess
import tomllib

import pytest

from cdk.layers import SOURCE_ONLY
from cdk.paths import ROOT, UV
from local.environment import UV_REQUIREMENT, uv_version

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
LOCK = tomllib.loads((ROOT / "uv.lock").read_text())
REQUIREMENTS = [*ROOT.glob("layers/*/requirements.txt"), *ROOT.glob("gpu_container/*.txt"), UV_REQUIREMENT]


@pytest.mark.parametrize("file", REQUIREMENTS, ids=lambda file: str(file.relative_to(ROOT)))
def test_every_requirement_has_a_version_and_hashes(file):
    requirements = file.read_text().replace("\\\n", " ").splitlines()
    assert requirements
    assert [
        line for line in requirements if not re.fullmatch(r"[\w.-]+==\S+( ; .*?)?( +--hash=sha256:\w{64})+", line)
    ] == []


def test_every_locked_archive_has_a_hash():
    archives = [
        file for package in LOCK["package"] for file in (*package.get("wheels", ()), package.get("sdist")) if file
    ]
    assert len(archives) > len(LOCK["package"])
    assert [file["url"] for file in archives if not file["hash"].startswith("sha256:")] == []


def test_uv_is_the_one_of_the_lock():
    command = [str(UV), "export", "--frozen", "--quiet", "--only-group", "uv", "--no-annotate", "--no-header"]
    assert (
        subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
        == UV_REQUIREMENT.read_text()
    )
    assert subprocess.check_output([UV, "--version"], text=True).split()[1] == uv_version()


def test_nothing_is_built_but_what_has_no_wheel_and_that_by_locked_packages():
    settings = PROJECT["tool"]["uv"]
    assert settings["no-build"]
    assert {package["name"] for package in LOCK["package"] if "wheels" not in package} == {"imgopt", *SOURCE_ONLY}
    assert set(settings["no-binary-package"]) == set(SOURCE_ONLY)
    assert set(settings["no-build-isolation-package"]) == {"imgopt", *SOURCE_ONLY}
    builders = {re.split(r"[<>=]", requirement)[0] for requirement in PROJECT["build-system"]["requires"]}
    assert builders <= {re.split(r"[<>=]", requirement)[0] for requirement in PROJECT["dependency-groups"]["build"]}


def test_what_is_newer_than_a_week_is_not_locked():
    assert PROJECT["tool"]["uv"]["exclude-newer"] == "7 days"
    assert LOCK["options"]["exclude-newer-span"] == "P7D"
