"""Folders as Lambda gets them, assembled in build/assets: code keeps the import paths it has in the repository."""

import shutil
from pathlib import Path

from cdk.layers import build_layer
from cdk.paths import ASSETS, FUNCTIONS, LAYERS
from gpu_container.models.building import ensure
from gpu_container.models.selection import for_cpu

SKIPPED = shutil.ignore_patterns("__pycache__", "*.pyc")


def function_code(group: str) -> Path:
    """`functions/<group>` under its own name: a handler is `functions.<group>.<file>.handler`."""
    folder = ASSETS / f"functions-{group}"
    copy(FUNCTIONS / group, folder / "functions" / group)
    shutil.copy(FUNCTIONS / "__init__.py", folder / "functions")
    return folder


def domain_layer() -> Path:
    """`imgopt` and what it needs."""
    folder = build_layer("domain")
    copy(LAYERS / "domain" / "python" / "imgopt", folder / "python" / "imgopt")
    return folder


def ml_layer() -> Path:
    """What runs networks on a CPU, and those networks; they are fetched once per user."""
    folder = build_layer("ml")
    networks = ensure(for_cpu())
    target = folder / "models" / networks[0].parent.name
    target.mkdir(parents=True, exist_ok=True)
    for path in networks:
        shutil.copy(path, target)
    return folder


def copy(source: Path, target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(source, target, ignore=SKIPPED)
