"""Assets for Lambda, assembled in build/assets. Code has the same import paths as in the repository."""

import filecmp
import shutil
from pathlib import Path

from cdk.bytecode import compile_sources
from cdk.layers import build_layer
from cdk.paths import ASSETS, FUNCTIONS, LAYERS
from gpu_container.models.building import ensure_network
from gpu_container.models.selection import for_layers

SKIPPED = shutil.ignore_patterns("__pycache__", "*.pyc")


def function_code(group: str) -> Path:
    """The asset of `functions/<group>`. A handler is `functions.<group>.<file>.handler`."""
    folder = ASSETS / f"functions-{group}"
    copy(FUNCTIONS / group, folder / "functions" / group)
    copy_file(FUNCTIONS / "__init__.py", folder / "functions" / "__init__.py")
    compile_sources(folder / "functions" / group, f"/var/task/functions/{group}")
    return folder


def domain_layer() -> Path:
    """The layer with `imgopt` and its dependencies."""
    folder = build_layer("domain")
    copy(LAYERS / "domain" / "python" / "imgopt", folder / "python" / "imgopt")
    compile_sources(folder / "python" / "imgopt", "/opt/python/imgopt")
    return folder


def ml_layer() -> Path:
    """The layer with networks and the libraries that run them on a CPU. Networks are downloaded once per user."""
    folder = build_layer("ml")
    networks = ensure_network(for_layers())
    target = folder / "models" / networks[0].parent.name
    target.mkdir(parents=True, exist_ok=True)
    for path in networks:
        copy_file(path, target / path.name)
    return folder


def copy(source: Path, target: Path) -> None:
    """Copies files that differ. Others are not touched, as another process may be reading them."""
    if contents(source) != contents(target):
        shutil.rmtree(target, ignore_errors=True)
        shutil.copytree(source, target, ignore=SKIPPED)


def copy_file(source: Path, target: Path) -> None:
    if not (target.exists() and filecmp.cmp(source, target, shallow=False)):
        shutil.copy(source, target)


def contents(folder: Path) -> dict[Path, bytes]:
    """The contents of all files in a folder, by their paths."""
    files = (path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    return {path.relative_to(folder): path.read_bytes() for path in files}
