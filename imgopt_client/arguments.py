"""The parser of the command line."""

import argparse
import os
import sys
from importlib.metadata import PackageNotFoundError, version
from typing import Any, NoReturn

from imgopt_client.connection import DEFAULT_SERVER, SERVER_VARIABLE, default_server, parse_server_url
from imgopt_client.errors import ClientError, ExitCode
from imgopt_client.run_arguments import add_placing_options, add_run_options, contradictions
from imgopt_client.settings_arguments import add_settings
from imgopt_client.sync.command import DETAILS, TEXT, add_sync_arguments

TEXT_OPTIONS = ("--suffix", "--name", "--exclude", "--context")
EPILOG = f"""\
environment:
  {SERVER_VARIABLE}    URL of the server, if --server is not given (default: {DEFAULT_SERVER})
  IMGOPT_API_KEY   API key; it takes precedence over a login

exit codes:
  0    success
  1    some files failed; standard error names each
  2    wrong usage
  3    the server can't be reached, or (`status`) the key or login is not valid
  4    not permitted, or not enough credits
  130  interrupted or terminated; run the same command again to continue
"""
WHERE_HELP_IS = "`imgopt --help` lists the commands, and `imgopt COMMAND --help` the options of a command."
FILES_HELP = """\
paths, patterns such as 'img/**/*.png', folders (with --recursive) or http(s) URLs; - reads standard input and writes
the result to standard output
"""
RUN_HELP = """\
Only files that look like images are sent. Hidden files and earlier results in folders and patterns are left out.
A later run skips finished files and continues unfinished jobs. The state of earlier runs is stored in
$XDG_STATE_HOME/imgopt or ~/.local/state/imgopt. If the server is busy and states a waiting time, the client waits for
up to five minutes. --json also prints the alt text and keywords of --tags.
"""


class CommandParser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Prints what is wrong, and not all options, which would move the message out of sight."""
        self.exit(ExitCode.USAGE, f"{self.prog}: error: {message}\n{WHERE_HELP_IS}\n")


def parse_arguments(arguments: list[str] | None) -> argparse.Namespace:
    """The parsed arguments. Exits with code 2 if they are wrong, with 0 for --help and --version."""
    parser, optimize = build_parsers()
    parsed = parser.parse_args(join_texts(sys.argv[1:] if arguments is None else arguments))
    if parsed.command == "optimize" and (wrong := next(contradictions(parsed), None)):
        optimize.error(wrong)
    return parsed


def build_parsers() -> tuple[argparse.ArgumentParser, argparse.ArgumentParser]:
    """The parser of the program, and that of `optimize`."""
    parser = CommandParser(
        "imgopt",
        description="Optimizes images on an imgopt server.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"imgopt {installed_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    optimize = add_optimize(commands)
    add_sync_arguments(add_command(commands, "sync", TEXT, f"{DETAILS}\n{EPILOG}"))
    login = add_command(commands, "login", "log in with a code that you confirm in a browser")
    login.add_argument("--open", action="store_true", help="open the page for the code in the browser")
    add_command(commands, "logout", "revoke the login and delete it here")
    add_command(commands, "status", "show the account and the remaining credits")
    return parser, optimize


def join_texts(arguments: list[str]) -> list[str]:
    """Turns `--suffix -small` into `--suffix=-small`, because argparse reads `-small` as an option."""
    joined: list[str] = []
    for argument in arguments:
        is_text = argument.startswith("-") and not argument.startswith("--") and argument not in ("-", "-h")
        if is_text and joined and joined[-1] in TEXT_OPTIONS:
            joined[-1] += f"={argument}"
        else:
            joined.append(argument)
    return joined


def installed_version() -> str:
    try:
        return version("imgopt")
    except PackageNotFoundError:
        return "(not installed)"


def add_command(commands: Any, name: str, text: str, epilog: str = EPILOG) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(
        name,
        help=text,
        description=f"{text[0].upper()}{text[1:]}.",
        epilog=epilog,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    default, text = default_server(os.environ), f"URL of the server (default: {DEFAULT_SERVER})"
    command.add_argument("--server", type=server_address, default=default, metavar="URL", help=text)
    text = "allow an http:// server that is not this machine; tokens and files are sent unencrypted"
    command.add_argument("--plain-http", action="store_true", help=text)
    return command


def add_optimize(commands: Any) -> argparse.ArgumentParser:
    command = add_command(commands, "optimize", "optimize files, folders and URLs", f"{RUN_HELP}\n{EPILOG}")
    command.add_argument("files", nargs="+", metavar="FILES", help=FILES_HELP)
    add_settings(command.add_argument_group("processing"))
    add_placing_options(command.add_argument_group("output files"))
    add_run_options(command.add_argument_group("the run"))
    return command


def server_address(text: str) -> str:
    try:
        return parse_server_url(text)
    except ClientError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
