"""`make image` builds the worker's image to build/image.tar, with the same digest on every machine, and prints it.

It needs Docker with buildx, and about 20 GB of disk. The builder is a container with a fixed version of BuildKit:
Docker's own builder can't set the dates of files in layers, and other versions might compress differently.
"""

import json
import subprocess
import sys
from pathlib import Path

from gpu_container.build_context import ROOT, SOURCE_DATE_EPOCH, build_context

BUILDKIT = "moby/buildkit:v0.29.0@sha256:0039c1d47e8748b5afea56f4e85f14febaf34452bd99d9552d2daa82262b5cc5"
BUILDER = "imgopt-buildkit-0-29"
IMAGE_FILE, METADATA_FILE = ROOT / "build" / "image.tar", ROOT / "build" / "image.json"
DIGEST = "containerimage.digest"


def main() -> int:
    IMAGE_FILE.parent.mkdir(exist_ok=True)
    try:
        ensure_builder()
        subprocess.run(build_command(IMAGE_FILE, METADATA_FILE), input=build_context(), check=True)
    except FileNotFoundError as error:
        return print_reason("Docker is not installed." if error.errno else str(error))
    except subprocess.CalledProcessError:
        return print_reason("the image could not be built; the reason is above.")
    print(json.loads(METADATA_FILE.read_text())[DIGEST])
    return 0


def ensure_builder() -> None:
    """Creates the builder. Raises FileNotFoundError without Docker or buildx, CalledProcessError if that fails."""
    if subprocess.run(["docker", "buildx", "version"], capture_output=True, check=False).returncode:
        raise FileNotFoundError("Docker's plugin buildx, which builds the image, is not installed.")
    known = subprocess.run(["docker", "buildx", "inspect", BUILDER], capture_output=True, check=False)
    if known.returncode:
        create = ["docker", "buildx", "create", "--name", BUILDER, "--driver", "docker-container"]
        subprocess.run([*create, "--driver-opt", f"image={BUILDKIT}"], check=True, stdout=sys.stderr)


def build_command(image: Path, metadata: Path) -> list[str]:
    """The command, which reads the context from standard input. Attestations are off: they would contain the time."""
    command = ["docker", "buildx", "build", "--builder", BUILDER, "--file", "gpu_container/Dockerfile"]
    command += ["--platform", "linux/amd64", "--build-arg", f"SOURCE_DATE_EPOCH={SOURCE_DATE_EPOCH}"]
    command += ["--provenance=false", "--sbom=false", "--metadata-file", str(metadata)]
    return [*command, "--output", f"type=oci,dest={image},rewrite-timestamp=true", "-"]


def print_reason(reason: str) -> int:
    print(f"imgopt: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
