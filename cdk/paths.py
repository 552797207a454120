"""Paths in the repository. The infrastructure refers to code by path and never imports it."""

from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FUNCTIONS = ROOT / "functions"
LAYERS = ROOT / "layers"
STATE_MACHINE = ROOT / "statemachine"
BUILD = ROOT / "build"
ASSETS = BUILD / "assets"
UV = ROOT / ".tools" / "bin" / "uv"
