"""`python -m local.sign_up you@example.com`: one more user for the service that `make up` serves.

The emulator's sign-in page leads nobody to signing up, as Cognito's own does.
"""

import argparse
import http.client
import os
import sys
from getpass import getpass
from urllib.parse import parse_qs, urlsplit

from botocore.exceptions import ClientError

from local import accounts
from local.console import fail, say
from local.deploy import Deployment, Session
from local.up import PORT

MOST = 60
SECONDS = 10


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m local.sign_up", description="Sign somebody up at `make up`.")
    parser.add_argument("email")
    email = parser.parse_args().email
    port = int(os.environ.get("PORT") or PORT)
    try:
        endpoint, client = find_issuer(port)
        is_new = accounts.sign_up(find_pool(endpoint, client), endpoint, email, read_password())
    except OSError:
        return fail(f"nothing is served on port {port}; start `make up`, or name its PORT")
    except LookupError as error:
        return fail(str(error))
    except ClientError as error:
        return fail(error.response["Error"]["Message"])
    except (EOFError, KeyboardInterrupt):
        return fail("nobody was signed up")
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


def find_issuer(port: int) -> tuple[str, str]:
    """Where the service sends people to sign in, and as which client. Raises LookupError where that is elsewhere."""
    connection = http.client.HTTPConnection(accounts.HOSTS[0], port, timeout=SECONDS)
    connection.request("GET", "/mcp/sign-in")
    address = urlsplit(connection.getresponse().headers["Location"] or "")
    if address.hostname not in accounts.HOSTS:
        raise LookupError(f"users are those of {address.hostname or 'nobody'}: sign up there")
    return f"http://{address.netloc}", parse_qs(address.query)["client_id"][0]


def find_pool(endpoint: str, client: str) -> Deployment:
    """As much of the deployment as users need."""
    users = Session(endpoint).client("cognito-idp")
    for pool in users.list_user_pools(MaxResults=MOST)["UserPools"]:
        clients = users.list_user_pool_clients(UserPoolId=pool["Id"], MaxResults=MOST)["UserPoolClients"]
        if client in [each["ClientId"] for each in clients]:
            return Deployment({"UserPoolId": pool["Id"], "UserPoolClientId": client}, {})
    raise LookupError("users are not those of the emulator: sign up where they are")


if __name__ == "__main__":
    sys.exit(main())
