"""`imgopt`: from arguments to an exit code."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

import httpx2

from imgopt_client import accounts
from imgopt_client.arguments import parse, settings_of
from imgopt_client.connection import connect
from imgopt_client.console import Screen, say
from imgopt_client.credentials import API_KEY, Credentials, default_path, identify
from imgopt_client.errors import DONE, FAILED, INTERRUPTED, NOT_PERMITTED, UNREACHABLE, ClientError
from imgopt_client.identity import Identity
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from imgopt_client.outcome import FAILURE, SKIPPED, UNTRIED, Outcome
from imgopt_client.table import plain

Sleep = Callable[[float], object]


def main(arguments: list[str] | None = None, http: httpx2.Client | None = None, sleep: Sleep | None = None) -> int:
    """The exit code. `http` and `sleep` are for tests."""
    parsed = parse(arguments)
    try:
        return optimize(parsed, http, sleep) if parsed.command == "optimize" else account(parsed, http, sleep)
    except ClientError as error:
        say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        say("interrupted" + "; the same command goes on where it was" * (parsed.command == "optimize"))
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED


def optimize(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    identity = identify(Credentials(default_path(os.environ)), parsed.server, os.environ)
    names = ("out", "recursive", "overwrite", "jobs", "presign_above")
    options = Options(**{name: getattr(parsed, name) for name in names})
    with (
        Screen(as_json=parsed.json) as screen,
        connect(parsed.server, identity, http, sleep, screen.say, plain_http=parsed.plain_http) as connection,
    ):
        outcomes = optimize_files(connection, parsed.files, settings_of(parsed), options, screen)
    explain(outcomes)
    return exit_code(outcomes)


def explain(outcomes: Sequence[Outcome]) -> None:
    """Each failure, and how many inputs there was no use in trying after it."""
    for outcome in outcomes:
        if outcome.status == FAILURE:
            say(f"{outcome.source.name}: {outcome.error}")
    if made := sum(outcome.status == SKIPPED and outcome.result is None for outcome in outcomes):
        say(f"results of earlier runs are no inputs: {made} left as {'it is' if made == 1 else 'they are'}")
    if untried := sum(outcome.status == UNTRIED for outcome in outcomes):
        say(f"{untried} more {'was' if untried == 1 else 'were'} not tried")


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """What ends a run tells more than what fails a file."""
    codes = {outcome.exit_code for outcome in outcomes}
    return next((code for code in (NOT_PERMITTED, UNREACHABLE, FAILED) if code in codes), DONE)


def account(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    credentials = Credentials(default_path(os.environ))
    # What asks for a login may be no longer valid itself.
    identity = Identity() if parsed.command == "login" else identify(credentials, parsed.server, os.environ)
    with connect(parsed.server, identity, http, sleep, say, plain_http=parsed.plain_http) as connection:
        if parsed.command == "login":
            accounts.log_in(connection, credentials, show, open_browser=parsed.open)
        elif parsed.command == "logout":
            accounts.log_out(connection, credentials, show)
        else:
            accounts.show_status(connection, show, by_key=bool(os.environ.get(API_KEY)))
    return DONE


def show(text: str) -> None:
    """Line by line: what a server says must not move the cursor."""
    for line in text.split("\n"):
        print(plain(line), flush=True)
