"""`make image`: the worker's image as build/image.tar, the same bytes on every machine, and its digest.

Needs Docker with buildx, and some 20 GB of disk. The builder is a container of one version of BuildKit: that of Docker
itself can't set the dates of files in layers, and another version might compress them otherwise.
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
    """Raises FileNotFoundError where Docker is not there, or not whole, CalledProcessError where none can be made."""
    if subprocess.run(["docker", "buildx", "version"], capture_output=True, check=False).returncode:
        raise FileNotFoundError("Docker has no buildx, which builds the image: it is a plugin of its own.")
    known = subprocess.run(["docker", "buildx", "inspect", BUILDER], capture_output=True, check=False)
    if known.returncode:
        create = ["docker", "buildx", "create", "--name", BUILDER, "--driver", "docker-container"]
        subprocess.run([*create, "--driver-opt", f"image={BUILDKIT}"], check=True, stdout=sys.stderr)


def build_command(image: Path, metadata: Path) -> list[str]:
    """Reads the context from its standard input. Attestations would say when and where it was built."""
    command = ["docker", "buildx", "build", "--builder", BUILDER, "--file", "gpu_container/Dockerfile"]
    command += ["--platform", "linux/amd64", "--build-arg", f"SOURCE_DATE_EPOCH={SOURCE_DATE_EPOCH}"]
    command += ["--provenance=false", "--sbom=false", "--metadata-file", str(metadata)]
    return [*command, "--output", f"type=oci,dest={image},rewrite-timestamp=true", "-"]


def print_reason(reason: str) -> int:
    print(f"imgopt: {reason}", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
