"""Files of npm packages that pages load. They are copied into this repository, so that no build is needed.

`python -m supply_chain.vendored` copies the files of the locked packages again, with licence and hashes.
"""

import hashlib
import shutil
from pathlib import Path

from cdk.node import install
from cdk.paths import FUNCTIONS

VENDORED = FUNCTIONS / "api" / "static" / "vendored"
SUMS = "SHA256SUMS"
# The vendored files, with the files that they import, by path in the package.
VENDORED_FILES = (
    "lit-html/LICENSE",
    "lit-html/lit-html.js",
    "lit-html/directive.js",
    "lit-html/directive-helpers.js",
    "lit-html/directives/live.js",
    "lit-html/directives/repeat.js",
)


def main() -> None:
    modules = install(VENDORED)
    for name in VENDORED_FILES:
        (VENDORED / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / name, VENDORED / name)
    (VENDORED / SUMS).write_text(sums_of(VENDORED))


def sums_of(folder: Path) -> str:
    """The hashes of the files, in the format of sha256sum."""
    return "".join(f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in VENDORED_FILES)


if __name__ == "__main__":
    main()
