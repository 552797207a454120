"""`python -m benchmarks.emulators.embedded PORT FOLDER` runs the emulator of `make up` on a port."""

import os
import sys
from pathlib import Path

from local.emulator import launch
from local.emulator.server import SOCKET
from local.processes import listen


def main() -> None:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    address = f"http://127.0.0.1:{port}"
    known = {"AWS_ENDPOINT_URL": address, "IMGOPT_CORS_ORIGINS": address, "GATEWAY_PORT": "4566"}
    known |= {"BIND_HOST": "127.0.0.1", "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "LOG_LEVEL": "WARNING"}
    known |= {"PERSIST_STATE": "0", launch.STATE_VARIABLE: str(folder)}
    with listen(port) as gate:
        os.environ.update({**known, SOCKET: str(gate.fileno())})
        launch.main()


if __name__ == "__main__":
    main()
