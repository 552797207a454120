"""`python -m gpu_container.models` makes the networks for upscaling, once, and says where they are."""

import subprocess
import sys

from gpu_container.models.building import ChangedNetwork, build_all


def main() -> None:
    try:
        for network, path in build_all():
            megabytes = path.stat().st_size / 1e6
            print(f"{network.name}  {network.scale}x  {megabytes:.1f} MB  sha256 {network.sha256}  {path}", flush=True)
    except subprocess.CalledProcessError:
        sys.exit("the weights could not be fetched; the reason is above")
    except ChangedNetwork as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
