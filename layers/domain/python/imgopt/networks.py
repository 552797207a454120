"""The paths of the files of neural networks."""

import os
from pathlib import Path

MODELS_FOLDER = "IMGOPT_MODELS_FOLDER"


def models_folder() -> Path:
    """Returns the folder of networks: $IMGOPT_MODELS_FOLDER, by default the user's cache, which $XDG_CACHE_HOME moves.

    It doesn't use `imgopt.settings`, because the programs that make the networks don't need its dependencies.
    """
    if named := os.environ.get(MODELS_FOLDER):
        return Path(named)
    cache = os.environ.get("XDG_CACHE_HOME")
    return Path(cache or os.path.expanduser("~/.cache")) / "imgopt" / "models"  # noqa: PTH111 - a user may have no home directory


def path_of(name: str) -> Path:
    return models_folder() / f"{name}.onnx"


def half_path_of(name: str) -> Path:
    """Returns the path of a network in half precision."""
    return models_folder() / f"{name}-fp16.onnx"


def ncnn_path_of(name: str) -> Path:
    """Returns the path of an ncnn network's layers. Its weights are beside it, with the suffix `.bin`."""
    return models_folder() / "ncnn" / f"{name}.param"
