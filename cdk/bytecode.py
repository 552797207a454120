"""Bytecode for Lambda, whose folders are read-only: without it, each cold start would compile all imports."""

import compileall
import sys
from pathlib import Path
from py_compile import PycInvalidationMode

# The Python version of the functions' runtime.
PYTHON_VERSION = "3.13"


def can_compile() -> bool:
    """Whether this interpreter has the version of the functions' runtime, which only can write its bytecode."""
    return f"{sys.version_info.major}.{sys.version_info.minor}" == PYTHON_VERSION


def compile_sources(folder: Path, root: str) -> None:
    """Compiles all sources in `folder`, which is `root` on Lambda. The result does not depend on file dates."""
    if can_compile() and not any(folder.rglob("__pycache__")):
        unchecked = PycInvalidationMode.UNCHECKED_HASH
        compileall.compile_dir(
            folder, quiet=2, workers=0, invalidation_mode=unchecked, stripdir=str(folder), prependdir=root
        )
