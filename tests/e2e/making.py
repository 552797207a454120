"""`python -m tests.e2e.making FOLDER THREADS [forever]`: a process of many threads that all want the same made.

Who makes it adds a line to `begun`; what is made is the file `made`. With `forever`, whoever makes it never ends.
"""

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from imgopt.variants.single_flight import make_once

FOREVER_SECONDS, WORK_SECONDS = 600, 0.3


def main(folder: Path, threads: int, forever: bool) -> None:
    def find() -> str | None:
        return (folder / "made").read_text() if (folder / "made").exists() else None

    def make() -> str:
        with (folder / "begun").open("a") as file:
            file.write("begun\n")
        time.sleep(FOREVER_SECONDS if forever else WORK_SECONDS)
        (folder / "made").write_text("an image")
        return "an image"

    with ThreadPoolExecutor(threads) as pool:
        answers = list(pool.map(lambda _: make_once("image", find, make), range(threads)))
    sys.stdout.write(f"{len(answers)} {len(set(answers))}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:] == ["forever"])
