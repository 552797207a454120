"""The modules of functions/stages by name, for tests that run all stages."""

from importlib import import_module
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "functions" / "stages"
MODULE_OF_STAGE = {
    path.stem: import_module(f"functions.stages.{path.stem}") for path in sorted(FOLDER.glob("[a-z]*.py"))
}
