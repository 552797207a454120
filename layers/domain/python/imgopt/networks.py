"""Where the files of neural networks are."""

import os
from pathlib import Path

MODELS_FOLDER = "IMGOPT_MODELS_FOLDER"


def models_folder() -> Path:
    """Where networks are kept: $IMGOPT_MODELS_FOLDER, or for the user, where $XDG_CACHE_HOME moves it.

    Not by `imgopt.settings`: what makes the networks has no need of all that they take.
    """
    if named := os.environ.get(MODELS_FOLDER):
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME")
    return Path(cache or os.path.expanduser("~/.cache")) / "imgopt" / "models"  # noqa: PTH111 - some have no home


def path_of(name: str) -> Path:
    return models_folder() / f"{name}.onnx"


def half_path_of(name: str) -> Path:
    """The same in half precision."""
    return models_folder() / f"{name}-fp16.onnx"


def ncnn_path_of(name: str) -> Path:
    """The layers; their weights are beside it, with the suffix `.bin`."""
    return models_folder() / "ncnn" / f"{name}.param"
