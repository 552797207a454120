"""What draws the Mermaid blocks of docs/ in a browser: one script, which the site has itself.

`python -m docs.drawings` fetches it from npm by its locked hash; `make docs` does that before it builds the site.
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
        sys.exit("The site needs Mermaid for its drawings, and npm could not fetch it: see what npm says above.")
    SCRIPT.parent.mkdir(exist_ok=True)
    shutil.copyfile(modules / SOURCE, SCRIPT)


if __name__ == "__main__":
    main()
