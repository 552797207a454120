"""The command `imgopt`."""

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress

import httpx2

from imgopt_client import accounts
from imgopt_client.arguments import parse_arguments
from imgopt_client.connection import connect
from imgopt_client.console import ConsoleReporter, Output, print_lines, print_message
from imgopt_client.credentials import Credentials, default_path, load_identity, read_key
from imgopt_client.errors import ClientError, ExitCode
from imgopt_client.identity import Identity
from imgopt_client.optimizer import optimize_files
from imgopt_client.outcome import FileOutcome, Status
from imgopt_client.printable import printable
from imgopt_client.quoting import FileQuote, quote_files
from imgopt_client.run_arguments import STANDARD_INPUT, options_from
from imgopt_client.settings_arguments import settings_from
from imgopt_client.streams import optimize_stream
from imgopt_client.sync.command import run_sync
from imgopt_client.table import quote_lines
from imgopt_client.terminal import open_missing_streams, termination_as_interrupt
from imgopt_client.watching import watch_files

Sleep = Callable[[float], object]


def main(arguments: list[str] | None = None, http: httpx2.Client | None = None, sleep: Sleep | None = None) -> int:
    """Runs a command and returns its exit code. `http` and `sleep` are for tests."""
    open_missing_streams()
    parsed = parse_arguments(arguments)
    try:
        with termination_as_interrupt():
            return COMMANDS[parsed.command](parsed, http, sleep)
    except ClientError as error:
        print_message(str(error))
        return error.exit_code
    except KeyboardInterrupt:
        print_message(
            "interrupted" + "; run the same command again to continue" * (parsed.command in ("optimize", "sync"))
        )
        return ExitCode.INTERRUPTED
    except BrokenPipeError:
        return give_up_output()  # the reader has closed the pipe
    except OSError as error:
        print_message(f"{error.filename or 'standard output'}: {error.strerror or error}.")
        return give_up_output()


def give_up_output() -> ExitCode:
    """Redirects standard output to the null device. Otherwise Python would fail when it flushes it at exit."""
    with suppress(OSError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.FAILED


def run_optimize(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    credentials = Credentials(default_path(os.environ))
    settings, options = settings_from(parsed), options_from(parsed)
    reporter = ConsoleReporter(output_of(parsed), verbose=parsed.verbose)
    identity = load_identity(credentials, parsed.server, os.environ, reporter.on_warning)
    with (
        reporter,
        connect(parsed.server, identity, http, sleep, reporter.notify, plain_http=parsed.plain_http) as connection,
    ):
        if parsed.dry_run:
            return report_quotes(quote_files(connection, parsed.files, settings, options, reporter), parsed)
        if parsed.watch:
            watch_files(connection, parsed.files, settings, options, reporter)
        if STANDARD_INPUT in parsed.files:
            outcomes = optimize_stream(connection, settings, options, reporter)
        else:
            outcomes = optimize_files(connection, parsed.files, settings, options, reporter)
    print_failures(outcomes)
    return exit_code(outcomes)


def output_of(parsed: argparse.Namespace) -> Output:
    if parsed.json:
        return Output.JSON
    if parsed.quiet or STANDARD_INPUT in parsed.files:
        return Output.NOTHING
    return Output.LINES if parsed.watch else Output.TABLE


def report_quotes(quotes: Sequence[FileQuote], parsed: argparse.Namespace) -> ExitCode:
    if parsed.json:
        print_lines([json.dumps(each.as_dict()) for each in quotes])
    elif not parsed.quiet:
        print_lines(quote_lines(quotes))
    for each in quotes:
        if each.error:
            print_message(f"{each.source.label}: {each.error}")
    return max((each.exit_code for each in quotes), default=ExitCode.DONE)


def print_failures(outcomes: Sequence[FileOutcome]) -> None:
    """Prints each failure, and the number of inputs that were not tried after a failure that ended the run."""
    for outcome in outcomes:
        if outcome.status == Status.FAILED:
            print_message(f"{outcome.source.label}: {outcome.error}")
    if made := sum(outcome.status == Status.SKIPPED and outcome.result is None for outcome in outcomes):
        print_message(f"left out {made} result{'' if made == 1 else 's'} of earlier runs")
    if untried := sum(outcome.status == Status.UNTRIED for outcome in outcomes):
        print_message(f"{untried} more {'was' if untried == 1 else 'were'} not tried")


def exit_code(outcomes: Sequence[FileOutcome]) -> ExitCode:
    """The highest of the outcomes' codes: one that ends a run is higher than that of a failed file."""
    return max((outcome.exit_code for outcome in outcomes), default=ExitCode.DONE)


def run_login(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    credentials = Credentials(default_path(os.environ))
    # A stored key or login may be invalid, so the requests are sent without a credential.
    with connect(parsed.server, Identity(), http, sleep, print_message, plain_http=parsed.plain_http) as connection:
        accounts.log_in(connection, credentials, print_printable, open_browser=parsed.open)
    return ExitCode.DONE


def run_logout(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    credentials = Credentials(default_path(os.environ))
    identity = load_identity(credentials, parsed.server, os.environ)
    with connect(parsed.server, identity, http, sleep, print_message, plain_http=parsed.plain_http) as connection:
        accounts.forget_login(connection, credentials, print_printable)
    return ExitCode.DONE


def run_status(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    identity = load_identity(Credentials(default_path(os.environ)), parsed.server, os.environ)
    with connect(parsed.server, identity, http, sleep, print_message, plain_http=parsed.plain_http) as connection:
        accounts.show_status(connection, print_printable, by_key=bool(read_key(os.environ)))
    return ExitCode.DONE


def run_sync_of_buckets(parsed: argparse.Namespace, http: httpx2.Client | None, sleep: Sleep | None) -> int:
    return run_sync(
        parsed, load_identity(Credentials(default_path(os.environ)), parsed.server, os.environ), http, sleep
    )


COMMANDS = {
    "optimize": run_optimize,
    "sync": run_sync_of_buckets,
    "login": run_login,
    "logout": run_logout,
    "status": run_status,
}


def print_printable(text: str) -> None:
    """Prints text line by line, without control characters that a server may have sent."""
    for line in text.split("\n"):
        print(printable(line), flush=True)
