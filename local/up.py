"""`make up`: runs the service until Ctrl-C. Its data are stored in `.local/up`."""

import signal

if __name__ == "__main__":  # The imports take a second. Until end_on_signals(), Ctrl-C ends without a traceback.
    signal.signal(signal.SIGINT, signal.SIG_DFL)

import os
import sys
import time
from contextlib import suppress
from pathlib import Path

from imgopt.checked_settings import PREFIX, unfit, unknown_settings
from imgopt.settings import settings
from local import connection, data_folder
from local.cloud import running
from local.console import describe_os_error, exit_with, say
from local.private_files import LOCAL
from local.processes import Stopped, end_on_signals, listen, only_one

PORT, LARGEST_PORT = 8080, 65535
FOLDER = Path(os.environ.get("IMGOPT_LOCAL_FOLDER") or LOCAL / "up")
CHECK_SECONDS = 0.5
# Variables of the client, the worker and this program, and of functions, for which this program sets them.
NO_SETTINGS = frozenset(
    PREFIX + name
    for name in (
        *("SERVER", "API_KEY", "LOCAL_FOLDER", "MODELS_FOLDER", "HEALTH_FILE", "RUNTIME_TOKEN"),
        *("UPSCALE_DEVICE", "UPSCALE_GRACE_SECONDS", "UPSCALE_QUEUE_URLS", "UPSCALE_WAIT_SECONDS"),
    )
)
# On a laptop all guests have the same address, so an address may use what all guests together may use. A script that
# does not store its session token is a new guest at each upload.
ONE_ADDRESS = ("IMGOPT_GUESTS_PER_ADDRESS", "IMGOPT_GUESTS_PER_SITE", "IMGOPT_RATE_NEW_GUESTS")


def main() -> int:
    end_on_signals()
    try:
        check_settings()
        share_one_address()
        serve_locally(os.environ.get("PORT") or str(PORT))
    except Stopped:
        say(f"stopped; the data are kept in {FOLDER}")
        return 0
    except RuntimeError as error:
        return exit_with(str(error))
    except OSError as error:
        return exit_with(describe_os_error(error))
    return 0


def check_settings() -> None:
    """Prints which settings have no effect. Raises RuntimeError with a message about all invalid settings."""
    faults = list(unfit())
    if faults:
        raise RuntimeError(" ".join(faults))
    given = {name: "" for name in os.environ if name.startswith(PREFIX) and name not in NO_SETTINGS}
    for sentence in unknown_settings(given):
        say(sentence)


def share_one_address() -> None:
    """Sets the limits of one address to those of all guests together, unless the environment sets them."""
    for name in ONE_ADDRESS:
        os.environ.setdefault(name, str(settings().guests_in_all))


def address_of_other() -> str:
    """Returns `, on URL` of the service that uses the folder; an empty text if it has no URL yet."""
    with suppress(OSError, ValueError, KeyError):
        return f", on {connection.find(FOLDER).url}"
    return ""


def port_of(text: str) -> int:
    """The port number. Raises RuntimeError with a message if it is not one."""
    if not (text.isascii() and text.isdecimal() and len(text) < 10 and 1 <= int(text) <= LARGEST_PORT):
        raise RuntimeError(f"PORT has to be a number from 1 to {LARGEST_PORT}, not {text}")
    return int(text)


def free_port_of(text: str) -> int:
    """The port number. Raises RuntimeError with a message if it is invalid or in use."""
    port = port_of(text)
    try:
        listen(port).close()
    except PermissionError as error:
        raise RuntimeError(f"port {port} needs administrator rights; choose another: make up PORT=8081") from error
    except OSError as error:
        raise RuntimeError(
            f"port {port} is in use; stop the program that uses it, or choose another: make up PORT=8081"
        ) from error
    return port


def serve_locally(port_text: str) -> None:
    """Raises RuntimeError with a message about another service in the folder, or about a port that is in use."""
    with only_one(FOLDER / data_folder.LOCK_NAME, f"another `make up` serves from {FOLDER}{address_of_other()}"):
        port = free_port_of(port_text)
        data_folder.remove_demo_folders(LOCAL)
        with running(FOLDER, port=port, keep=True, say=say) as cloud:
            say(f"serving on {cloud.url} (API reference: {cloud.url}/docs); press Ctrl-C to stop")
            supervisor = cloud.supervisor(say)
            while True:
                supervisor.check()
                time.sleep(CHECK_SECONDS)


if __name__ == "__main__":
    sys.exit(main())
