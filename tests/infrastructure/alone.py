"""Imports handlers as Lambda does: `alone.py HANDLER,... FOLDER ...`, from these folders and the standard library.

What is native was built for another processor; `NATIVE` is a folder that has the same packages for this one.
"""

import importlib
import os
import socket
import sys
from pathlib import Path


def refuse(*_: object) -> None:
    raise AssertionError("a network is not needed to import a handler")


def main(handlers: str, *folders: str) -> None:
    here = str(Path(__file__).parent)
    sys.path[:] = [os.environ["NATIVE"], *folders, *(path for path in sys.path if path != here)]
    socket.socket.connect = refuse
    for handler in handlers.split(","):
        module, name = handler.rsplit(".", 1)
        assert callable(getattr(importlib.import_module(module), name))
    files = [getattr(each, "__file__", None) for each in sys.modules.values()]
    assert not [file for file in files if file and "site-packages" in file]


main(*sys.argv[1:])
