"""Reads SVG by librsvg, which is part of sharp."""

import os
import subprocess
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np

from benchmarks.conformance.pictures import NotRead, Pixels
from benchmarks.peers.programs import HERE, versions
from cdk.node import NODE, install
from imgopt.codecs.format import ImageHeader

NAME = f"librsvg (sharp {versions()['sharp']})"
SCRIPT = Path(__file__).with_name("librsvg.mjs")
SECONDS = 60


def frames_of(data: bytes, header: ImageHeader) -> list[Pixels]:
    with NamedTemporaryFile(suffix=".svg") as file:
        file.write(data)
        file.flush()
        environment = {**os.environ, "PEERS": str(install(HERE).parent)}
        command: list[str | Path] = [NODE, SCRIPT, file.name, str(header.width), str(header.height)]
        done = subprocess.run(command, env=environment, capture_output=True, timeout=SECONDS, check=False)
    if done.returncode:
        raise NotRead(done.stderr.decode(errors="replace").strip().splitlines()[-1][:100])
    return [np.frombuffer(done.stdout, np.uint8).reshape(header.height, header.width, 4)]
