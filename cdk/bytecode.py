"""Bytecode for Lambda, whose folders can't be written to: without it, each cold start compiles all that it imports."""

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

# Of the functions' runtime.
PYTHON_VERSION = "3.13"


def can_compile() -> bool:
    """Only that version's own interpreter writes what Lambda reads; others leave it out."""
    return f"{sys.version_info.major}.{sys.version_info.minor}" == PYTHON_VERSION


def compile_sources(folder: Path, root: str) -> None:
    """Below `folder`, which is at `root` on Lambda. The same bytes for the same sources, whatever their dates."""
    if can_compile() and not any(folder.rglob("__pycache__")):
        unchecked = PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(
            folder, quiet=2, workers=0, invalidation_mode=unchecked, stripdir=str(folder), prependdir=root
        )
