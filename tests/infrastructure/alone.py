"""Imports handlers as Lambda does: `alone.py HANDLER,... FOLDER ...`, from these folders and the standard library.

None imports a format but PNG, which Upscale writes: formats take time, and few requests need most of them.

What is native was built for another processor; `NATIVE` is a folder that has the same packages for this one.
"""

import importlib
import os
import socket
import sys
from pathlib import Path

CODECS = "imgopt.codecs."


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
    formats = {name for name, each in sys.modules.items() if name.startswith(CODECS) and hasattr(each, "FORMAT")}
    assert formats <= {f"{CODECS}png"}, formats


main(*sys.argv[1:])
