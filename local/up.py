"""`make up`: serves until Ctrl-C, with data kept in `.local/up`."""

import os
import sys
import time
from pathlib import Path

from local.cloud import running
from local.console import fail, say
from local.files import LOCAL
from local.processes import Stopped, end_on_signals, only_one, port_is_taken

PORT = 8080
FOLDER = Path(os.environ.get("IMGOPT_LOCAL_FOLDER") or LOCAL / "up")
CHECK_SECONDS = 0.5


def main() -> int:
    end_on_signals()
    port = int(os.environ.get("PORT") or PORT)
    if port_is_taken(port):
        return fail(f"port {port} is taken; stop what listens there, or choose another: make up PORT=8081")
    try:
        serve(port)
    except Stopped:
        say("stopped; data stays in .local/")
        return 0
    except RuntimeError as error:
        return fail(str(error))
    return 0


def serve(port: int) -> None:
    in_use = f"another `make up` serves from {FOLDER}"
    with only_one(FOLDER / "lock", in_use), running(FOLDER, port=port, keep=True, say=say) as cloud:
        say(f"serving on {cloud.url} (documentation at {cloud.url}/docs); Ctrl-C stops it")
        while True:
            cloud.check()
            time.sleep(CHECK_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
