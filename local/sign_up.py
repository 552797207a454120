"""`python -m local.sign_up you@example.com`: one more user for the service that `make up` serves.

The emulator's sign-in page leads nobody to signing up, as Cognito's own does.
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
    parser = argparse.ArgumentParser(prog="python -m local.sign_up", description="Sign somebody up at `make up`.")
    parser.add_argument("email")
    email = parser.parse_args().email
    try:
        found = connection.find(FOLDER)
        check_issuer(found)
        is_new = accounts.sign_up(found.outputs, Session(found.access), email, read_password())
    except OSError:
        return exit_with(f"nothing is served from {FOLDER}; start `make up`, or name its IMGOPT_LOCAL_FOLDER")
    except LookupError as error:
        return exit_with(str(error))
    except ClientError as error:
        return exit_with(error.response["Error"]["Message"])
    except (EOFError, KeyboardInterrupt):
        return exit_with("nobody was signed up")
    say(f"{email} may sign in" if is_new else f"{email} was there already, and has the password of then")
    return 0


def read_password() -> str:
    """From the terminal, else the first line of what is piped in."""
    if sys.stdin.isatty():
        return getpass("Password: ")
    password = sys.stdin.readline().rstrip("\n")
    if not password:
        raise EOFError
    return password


def check_issuer(found: ServiceConnection) -> None:
    """Raises LookupError where the service sends people elsewhere to sign in, OSError where it does not answer."""
    asking = http.client.HTTPConnection(urlsplit(found.url).netloc, timeout=SIGN_UP_SECONDS)
    asking.request("GET", "/mcp/sign-in")
    address = urlsplit(asking.getresponse().headers["Location"] or "")
    if address.netloc != urlsplit(found.access.endpoint).netloc:
        raise LookupError(f"users are those of {address.hostname or 'nobody'}: sign up there")


if __name__ == "__main__":
    sys.exit(main())
