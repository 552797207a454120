"""`python -m local.sign_up you@example.com` creates a user for the service of `make up`.

It is needed because the emulator's sign-in page, unlike Cognito's, has no link to sign up.
"""

import argparse
import http.client
import sys
from getpass import getpass
from urllib.parse import urlsplit

from botocore.exceptions import ClientError

from local import accounts, connection
from local.connection import ServiceConnection
from local.console import exit_with, say
from local.deploy import Session
from local.up import FOLDER

SIGN_UP_SECONDS = 10


def main() -> int:
    parser = argparse.ArgumentParser(
        prog="python -m local.sign_up", description="Create a user for the service of `make up`."
    )
    parser.add_argument("email")
    email = parser.parse_args().email
    try:
        found = connection.find(FOLDER)
        check_issuer(found)
        is_new = accounts.sign_up(found.outputs, Session(found.access), email, read_password())
    except OSError:
        return exit_with(f"no service is running in {FOLDER}; start `make up`, or set IMGOPT_LOCAL_FOLDER")
    except LookupError as error:
        return exit_with(str(error))
    except ClientError as error:
        return exit_with(error.response["Error"]["Message"])
    except (EOFError, KeyboardInterrupt):
        return exit_with("no user was created")
    say(f"{email} can now sign in" if is_new else f"{email} already exists, and its password was not changed")
    return 0


def read_password() -> str:
    """The password: from the terminal, or the first line of standard input."""
    if sys.stdin.isatty():
        return getpass("Password: ")
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise EOFError
    return password


def check_issuer(found: ServiceConnection) -> None:
    """Raises LookupError if the service uses another OIDC issuer, OSError if it does not answer."""
    asking = http.client.HTTPConnection(urlsplit(found.url).netloc, timeout=SIGN_UP_SECONDS)
    asking.request("GET", "/mcp/sign-in")
    address = urlsplit(asking.getresponse().headers["Location"] or "")
    if address.netloc != urlsplit(found.access.endpoint).netloc:
        raise LookupError(f"the service's users are managed by {address.hostname or 'no issuer'}; sign up there")


if __name__ == "__main__":
    sys.exit(main())
