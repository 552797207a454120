"""`make typescript` builds the TypeScript client as an npm package in build/, with types of the served document."""

import json
import shutil
import subprocess
from pathlib import Path

from cdk.node import ERRORS_ALONE, NODE, NPM, install
from cdk.paths import BUILD
from functions.api.app import build_app
from imgopt.version import SERVICE_VERSION

FOLDER = Path(__file__).parent
GENERATORS = FOLDER / "generators"
# The option makes fields with defaults optional in requests.
TYPE_OPTIONS = ("--default-non-nullable=false",)


def build_package(target: Path) -> Path:
    """Builds the package. Raises CalledProcessError if a generator can't be downloaded, or types are inconsistent."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(FOLDER, target, ignore=shutil.ignore_patterns("*.py", "__pycache__", "generators"))
    described = json.loads((target / "npm-package.json").read_text()) | {"version": SERVICE_VERSION}
    (target / "package.json").write_text(json.dumps(described, indent=2))
    (target / "npm-package.json").unlink()
    shutil.copy(FOLDER.parent / "LICENSE", target)
    document = target / "openapi.json"
    document.write_text(json.dumps(build_app().openapi()))
    types = str(target / "src" / "api.ts")
    run_generator("openapi-typescript/bin/cli.js", str(document), *TYPE_OPTIONS, "-o", types)
    run_generator("typescript/bin/tsc", "-p", str(target))
    return target


def run_generator(program: str, *arguments: str) -> str:
    """Runs a generator and returns its output. Raises CalledProcessError with the output if it fails."""
    command = [str(NODE), str(install(GENERATORS) / program), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True).stdout


def main() -> None:
    package = build_package(BUILD / "typescript")
    command = [
        str(NODE),
        str(NPM),
        "pack",
        "--ignore-scripts",
        "--pack-destination",
        str(BUILD),
        *ERRORS_ALONE,
        str(package),
    ]
    print(f"build/{subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout.strip()}")


if __name__ == "__main__":
    main()
