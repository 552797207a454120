"""Fetches Mermaid, the script that draws the diagrams of docs/ in a browser. The site contains the script.

`make docs` runs `python -m docs.drawings` before it builds the site. npm checks the script by its locked hash.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from cdk.node import install
from docs.site import SCRIPT

PACKAGE = Path(__file__).parent / "npm"
SOURCE = "@mermaid-js/tiny/dist/mermaid.tiny.js"


def main() -> None:
    try:
        modules = install(PACKAGE)
    except subprocess.CalledProcessError:
        sys.exit("The site needs Mermaid for its diagrams, but npm could not fetch it. The message of npm is above.")
    SCRIPT.parent.mkdir(exist_ok=True)
    shutil.copyfile(modules / SOURCE, SCRIPT)


if __name__ == "__main__":
    main()
