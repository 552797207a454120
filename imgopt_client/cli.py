"""`imgopt`: from arguments to an exit code."""

import argparse
import os
import sys
from collections.abc import Callable, Sequence

import httpx2

from imgopt_client import accounts
from imgopt_client.arguments import parse_arguments, settings_from
from imgopt_client.connection import connect
from imgopt_client.console import Screen, say
from imgopt_client.credentials import API_KEY, Credentials, default_path, load_identity
from imgopt_client.errors import ClientError, ExitCode
from imgopt_client.identity import Identity
from imgopt_client.optimizer import optimize_files
from imgopt_client.options import Options
from imgopt_client.outcome import Outcome, Status
from imgopt_client.table import plain

Sleep = Callable[[float], object]


def main(arguments: list[str] | None = None, http: httpx2.Client | None = None, sleep: Sleep | None = None) -> int:
    """The exit code. `http` and `sleep` are for tests."""
    parsed = parse_arguments(arguments)
    try:
        return optimize(parsed, http, sleep) if parsed.command == "optimize" else account(parsed, http, sleep)
    except ClientError as error:
        say(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        say("interrupted" + "; the same command goes on where it was" * (parsed.command == "optimize"))
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        # Whoever read the output has enough; Python would complain as it ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.FAILED


def optimize(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    identity = load_identity(Credentials(default_path(os.environ)), parsed.server, os.environ)
    names = ("out", "recursive", "overwrite", "jobs", "presign_above")
    options = Options(**{name: getattr(parsed, name) for name in names})
    with (
        Screen(as_json=parsed.json) as screen,
        connect(parsed.server, identity, http, sleep, screen.say, plain_http=parsed.plain_http) as connection,
    ):
        outcomes = optimize_files(connection, parsed.files, settings_from(parsed), options, screen)
    explain(outcomes)
    return exit_code(outcomes)


def explain(outcomes: Sequence[Outcome]) -> None:
    """Each failure, and how many inputs there was no use in trying after it."""
    for outcome in outcomes:
        if outcome.status == Status.FAILED:
            say(f"{outcome.source.name}: {outcome.error}")
    if made := sum(outcome.status == Status.SKIPPED and outcome.result is None for outcome in outcomes):
        say(f"results of earlier runs are no inputs: {made} left as {'it is' if made == 1 else 'they are'}")
    if untried := sum(outcome.status == Status.UNTRIED for outcome in outcomes):
        say(f"{untried} more {'was' if untried == 1 else 'were'} not tried")


def exit_code(outcomes: Sequence[Outcome]) -> ExitCode:
    """The highest code: what ends a run tells more than what fails a file."""
    return max((outcome.exit_code for outcome in outcomes), default=ExitCode.DONE)


def account(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    credentials = Credentials(default_path(os.environ))
    # What asks for a login may be no longer valid itself.
    identity = Identity() if parsed.command == "login" else load_identity(credentials, parsed.server, os.environ)
    with connect(parsed.server, identity, http, sleep, say, plain_http=parsed.plain_http) as connection:
        if parsed.command == "login":
            accounts.log_in(connection, credentials, show, open_browser=parsed.open)
        elif parsed.command == "logout":
            accounts.log_out(connection, credentials, show)
        else:
            accounts.show_status(connection, show, by_key=bool(os.environ.get(API_KEY)))
    return ExitCode.DONE


def show(text: str) -> None:
    """Line by line: what a server says must not move the cursor."""
    for line in text.split("\n"):
        print(plain(line), flush=True)
