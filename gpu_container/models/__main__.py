"""`python -m gpu_container.models` downloads and converts networks, once per user, and prints their paths."""

import subprocess
import sys
from argparse import ArgumentParser
from pathlib import Path

from gpu_container.models.building import UnknownProduct, copy_network, find, make
from gpu_container.models.fetching import ChangedNetwork


def main(arguments: list[str]) -> None:
    options = _parser().parse_args(arguments)
    try:
        for path in make(find(options.names or None)):
            kept = copy_network(path, options.into) if options.into else path
            print(f"{kept.stat().st_size / 1e6:6.1f} MB  {kept}", flush=True)
    except subprocess.CalledProcessError:
        sys.exit("the weights could not be downloaded; the reason is above")
    except (ChangedNetwork, UnknownProduct, OSError) as error:
        sys.exit(str(error))


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m gpu_container.models", description=__doc__)
    parser.add_argument(
        "names", nargs="*", help="names such as efficientnet-lite2 or ncnn/realesrgan-x4plus (default: all)"
    )
    parser.add_argument("--into", type=Path, metavar="FOLDER", help="also copy the files to FOLDER")
    return parser


if __name__ == "__main__":
    main(sys.argv[1:])
