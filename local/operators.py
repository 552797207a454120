"""`python -m local.operators users list`: commands for operators about users and image URLs."""

import argparse
import logging
import sys
from collections.abc import Callable, Sequence

from botocore.exceptions import BotoCoreError, ClientError

from imgopt.accounts import access, api_key_store, directory, session_store
from imgopt.accounts.model import User
from imgopt.devices import tokens
from imgopt.errors import ImgoptError, Unavailable
from imgopt.retention import account_deletion
from imgopt.storage import owned
from imgopt.telemetry import logger
from imgopt.variants import usage
from local import installation
from local.console import exit_with, say
from local.up import FOLDER

NOT_ALL = "some data are not deleted yet; the hourly cleanup continues"


def main(given: Sequence[str] | None = None) -> int:
    parsed = parse(given)
    try:
        installation.use_local() if parsed.local else installation.use_deployed(parsed.name, parsed.region)
        return OPERATOR_COMMANDS[parsed.command](parsed)
    except OSError:
        return exit_with(f"no service is running in {FOLDER}; start `make up`, or set IMGOPT_LOCAL_FOLDER")
    except (ImgoptError, LookupError) as error:
        return exit_with(str(error))
    except (ClientError, BotoCoreError) as error:
        return exit_with(f"the request to AWS failed: {error}")


def parse(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.operators", description="Manage the users of a service, and show the usage of image URLs."
    )
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--local", action="store_true", help="use the service of `make up` rather than one on AWS")
    where.add_argument("--name", default="Imgopt", help="name of the installation on AWS (default: Imgopt)")
    where.add_argument("--region", help="its AWS region (default: that of your AWS settings)")
    about = parser.add_subparsers(required=True, metavar="{users,images}")
    images = about.add_parser("images").add_subparsers(dest="command", required=True)
    images.add_parser("usage", help=show_usage.__doc__, parents=[where])
    commands = about.add_parser("users").add_subparsers(dest="command", required=True)
    for name, command in USER_COMMANDS.items():
        added = commands.add_parser(name, help=command.__doc__, parents=[where])
        if name != "list":
            added.add_argument("who", help="id or e-mail address of the user")
    commands.choices["remove"].add_argument("--yes", action="store_true", help="do not ask for confirmation")
    return parser.parse_args(given)


def log_to_standard_error() -> None:
    """Sends log lines to standard error, because standard output is for results."""
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)


def list_users(_: argparse.Namespace) -> int:
    """list all users, the oldest first"""
    users = directory.find_all()
    for user in users:
        print(describe(user))
    if not users:
        say("there are no users yet")
    return 0


def show(parsed: argparse.Namespace) -> int:
    """show a user, and the numbers of API keys, devices, jobs and uploads"""
    user = directory.find_one(parsed.who)
    print(describe(user))
    counts = {
        "API keys": len(api_key_store.find_all(user.id)),
        "devices": len(tokens.find_all(user.id)),
        "browsers": len(session_store.find_all(user.id)),
        "jobs and uploads": len(owned.find_all(user.id)),
    }
    print("\n".join(f"{count:6} {name}" for name, count in counts.items()))
    return 0


def block(parsed: argparse.Namespace) -> int:
    """block a user: all credentials of the user are refused"""
    user = directory.find_one(parsed.who)
    access.block_user(user.id)
    say(f"{user.id} is blocked")
    return 0


def unblock(parsed: argparse.Namespace) -> int:
    """unblock a user"""
    user = directory.find_one(parsed.who)
    access.unblock_user(user.id)
    say(f"{user.id} is unblocked")
    return 0


def remove(parsed: argparse.Namespace) -> int:
    """delete a user's account permanently"""
    user = directory.find_one(parsed.who)
    if not parsed.yes and not confirm(user):
        return exit_with("nothing was deleted")
    account_deletion.begin_deletion(user.id)
    try:
        is_gone = account_deletion.finish_deletion(user.id)
    except Unavailable as error:
        return exit_with(f"{error} {user.id} is blocked permanently; {NOT_ALL}")
    say(f"{user.id} is deleted" + ("" if is_gone else "; its record is deleted in an hour"))
    return 0


def confirm(user: User) -> bool:
    try:
        return input(f"This can't be undone. Type {user.id} to delete the account: ").strip() == user.id
    except EOFError:
        return False


def describe(user: User) -> str:
    since = f"{user.created_at:%Y-%m-%d}"
    return f"{user.id}  {since}  {user.access.value:9} {user.tier.value:10} {user.email or '-'}"


def show_usage(_: argparse.Namespace) -> int:
    """show the usage of image URLs by day and key, the latest day first"""
    entries = usage.read_all()
    rows = [(each.day, each.key_name, each.hits, each.misses, each.errors, each.sent_bytes) for each in entries]
    for day, key, hits, misses, errors, sent in [("day", "key", "hits", "misses", "errors", "bytes"), *rows]:
        print(f"{day:10}  {key:10}  {hits:>10}  {misses:>8}  {errors:>8}  {sent:>14}")
    return 0


USER_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": list_users,
    "show": show,
    "block": block,
    "unblock": unblock,
    "remove": remove,
}
OPERATOR_COMMANDS = {**USER_COMMANDS, "usage": show_usage}

if __name__ == "__main__":
    log_to_standard_error()
    sys.exit(main())
