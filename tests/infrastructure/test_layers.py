"""The layers hold what the functions import: locked, for Lambda's platform, within Lambda's limits."""

import sys
from pathlib import Path

import pytest

from cdk.layers import GROUPS, IN_RUNTIME, export, requirements_of
from gpu_container.models.selection import for_cpu
from tests.infrastructure.test_imports import DOMAIN, ROOT, files, imports, tops

LIMIT_BYTES = 250 * 1024 * 1024
SERVICES = ("bedrock_runtime", "dynamodb", "s3", "secretsmanager", "sqs", "stepfunctions")
STUBS = {f"mypy_boto3_{service}" for service in SERVICES}
RUNTIME = {"boto3", "botocore", "urllib3", *STUBS}
# What runs on a GPU alone, or on a laptop alone.
ELSEWHERE = {"onnxruntime", "rapidocr", "cv2"}
# What is there for requests alone: who makes them, and what they pay.
FOR_THE_API = [path for name in ("accounts", "billing", "devices") for path in files(DOMAIN / name)]
# What runs in one function, which has a layer for it, or in none.
WITH_NUMPY = [*files(DOMAIN / "upscale"), *files(DOMAIN / "tagging")]


@pytest.fixture(scope="module")
def folders(resources, assembly) -> dict[str, list[Path]]:
    """Of each function, the folders that Lambda puts together: its code, then its layers; by the function's name."""

    def asset(location: dict) -> Path:
        return assembly / f"asset.{location['S3Key'].removesuffix('.zip')}"

    def parts(function: dict) -> list[Path]:
        own = [layer["Ref"] for layer in function["Layers"] if "Ref" in layer]
        layers = [resources[name]["Properties"]["Content"] for name in own]
        return [asset(function["Code"]), *map(asset, layers)]

    functions = {
        name: each["Properties"] for name, each in resources.items() if each["Type"] == "AWS::Lambda::Function"
    }
    return {name.split("Function")[0]: parts(function) for name, function in functions.items()}


@pytest.mark.parametrize("name", GROUPS)
def test_requirements_are_those_of_the_lock(name):
    assert requirements_of(name).read_text() == export(name)


@pytest.mark.parametrize("name", GROUPS)
def test_what_the_runtime_has_is_not_shipped(name):
    shipped = requirements_of(name).read_text()
    assert not [package for package in IN_RUNTIME if f"\n{package}==" in f"\n{shipped}"]


def test_every_function_fits_into_lambda(folders):
    assert len(folders) == 14
    for parts in folders.values():
        assert sum(path.stat().st_size for part in parts for path in part.rglob("*") if path.is_file()) < LIMIT_BYTES


@pytest.mark.parametrize(
    ("function", "code"), [("Optimize", "stages"), ("Upscale", "stages"), ("Images", "api"), ("Streaming", "api")]
)
def test_a_function_finds_everything_it_imports(folders, function, code):
    code_folder, *layers = folders[function]
    roots = [code_folder, *(layer / "python" for layer in layers if (layer / "python").exists())]
    present = {path.name.split(".")[0] for root in roots for path in root.iterdir()}
    left_out = ({*WITH_NUMPY} if function != "Upscale" else set()) | ({*FOR_THE_API} if code != "api" else set())
    sources = [*(path for path in files(DOMAIN) if path not in left_out), *files(ROOT / "functions" / code)]
    needed = tops({name for path in sources for name in imports(path)})
    assert needed - present - RUNTIME - set(sys.stdlib_module_names) - {"__future__"} - ELSEWHERE == set()


def test_binaries_are_built_for_lambda(folders):
    parts = folders["Optimize"]
    libraries = [path.name for part in parts for path in part.rglob("*.so") if "cpython" in path.name]
    assert libraries
    assert all(name.endswith("cpython-313-aarch64-linux-gnu.so") for name in libraries)
    (gifsicle,) = (path for part in parts for path in part.rglob("bin/gifsicle"))
    assert gifsicle.stat().st_mode & 0o111


def test_the_function_that_upscales_has_its_networks(folders):
    found = {path.name for part in folders["Upscale"] for path in (part / "models").rglob("*") if path.is_file()}
    wanted = {Path(name).name for name in for_cpu()}
    assert found == {f"{name}.{suffix}" for name in wanted for suffix in ("param", "bin")}
