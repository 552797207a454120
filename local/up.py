"""`make up`: serves until Ctrl-C, with data kept in `.local/up`."""

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from imgopt.checked_settings import unfit
from imgopt.settings import settings
from local import connection, data_folder
from local.cloud import running
from local.console import describe_os_error, exit_with, say
from local.private_files import LOCAL
from local.processes import Stopped, end_on_signals, listen, only_one

PORT, LARGEST_PORT = 8080, 65535
FOLDER = Path(os.environ.get("IMGOPT_LOCAL_FOLDER") or LOCAL / "up")
CHECK_SECONDS = 0.5
# On a laptop all guests come from its own address, so what these have is limited for all of them together alone. There
# are as many guests as that limit is guests' credits: a script that keeps no token is a new guest at each upload.
ONE_ADDRESS = ("IMGOPT_GUESTS_PER_ADDRESS", "IMGOPT_GUESTS_PER_SITE", "IMGOPT_RATE_NEW_GUESTS")


def main() -> int:
    end_on_signals()
    try:
        check_settings()
        share_one_address()
        serve_locally(os.environ.get("PORT") or str(PORT))
    except Stopped:
        say(f"stopped; data stays in {FOLDER}")
        return 0
    except RuntimeError as error:
        return exit_with(str(error))
    except OSError as error:
        return exit_with(describe_os_error(error))
    return 0


def check_settings() -> None:
    """Raises RuntimeError with a sentence for each that the service would not take."""
    faults = list(unfit())
    if faults:
        raise RuntimeError(" ".join(faults))


def share_one_address() -> None:
    """Gives one address what all guests may use together, unless the environment sets the limits."""
    for name in ONE_ADDRESS:
        os.environ.setdefault(name, str(settings().guests_in_all))


def address_of_other() -> str:
    """Of who serves from the folder, if anybody does, and has come so far."""
    with suppress(OSError, ValueError, KeyError):
        return f", on {connection.find(FOLDER).url}"
    return ""


def port_of(text: str) -> int:
    """Raises RuntimeError with a sentence where it is none."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= LARGEST_PORT):
        raise RuntimeError(f"PORT has to be a number from 1 to {LARGEST_PORT}, not {text}")
    return int(text)


def free_port_of(text: str) -> int:
    """Raises RuntimeError with a sentence where it is no port, or one that is not to be had."""
    port = port_of(text)
    try:
        listen(port).close()
    except PermissionError as error:
        raise RuntimeError(f"port {port} is for administrators; choose another: make up PORT=8081") from error
    except OSError as error:
        raise RuntimeError(
            f"port {port} is taken; stop what listens there, or choose another: make up PORT=8081"
        ) from error
    return port


def serve_locally(port_text: str) -> None:
    """Raises RuntimeError with a sentence: where another serves from the folder, that is said, and not its port."""
    with only_one(FOLDER / data_folder.LOCK_NAME, f"another `make up` serves from {FOLDER}{address_of_other()}"):
        port = free_port_of(port_text)
        data_folder.remove_thrown_away(LOCAL)
        with running(FOLDER, port=port, keep=True, say=say) as cloud:
            say(f"serving on {cloud.url} (documentation at {cloud.url}/docs); Ctrl-C stops it")
            supervisor = cloud.supervisor(say)
            while True:
                supervisor.check()
                time.sleep(CHECK_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
