"""`python -m local.operators users list`: commands for whoever runs an installation, about its users and image URLs."""

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

NOT_ALL = "not all could be deleted yet: cleaning up goes on with it every hour"


def main(given: Sequence[str] | None = None) -> int:
    asked = parse(given)
    try:
        installation.use_local() if asked.local else installation.use_deployed(asked.name, asked.region)
        return OPERATOR_COMMANDS[asked.command](asked)
    except OSError:
        return exit_with(f"nothing is served from {FOLDER}; start `make up`, or name its IMGOPT_LOCAL_FOLDER")
    except (ImgoptError, LookupError) as error:
        return exit_with(str(error))
    except (ClientError, BotoCoreError) as error:
        return exit_with(f"AWS says: {error}")


def parse(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m local.operators", description="Look after the users and image URLs of a service."
    )
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--local", action="store_true", help="the service of `make up`, and not one on AWS")
    where.add_argument("--name", default="Imgopt", help="what its stacks are called on AWS (Imgopt)")
    where.add_argument("--region", help="where they are, if not in the region of your AWS settings")
    about = parser.add_subparsers(required=True, metavar="{users,images}")
    images = about.add_parser("images").add_subparsers(dest="command", required=True)
    images.add_parser("usage", help=show_usage.__doc__, parents=[where])
    commands = about.add_parser("users").add_subparsers(dest="command", required=True)
    for name, command in USER_COMMANDS.items():
        added = commands.add_parser(name, help=command.__doc__, parents=[where])
        if name != "list":
            added.add_argument("who", help="an id, or an e-mail address")
    commands.choices["remove"].add_argument("--yes", action="store_true", help="don't ask")
    return parser.parse_args(given)


def log_to_standard_error() -> None:
    """Standard output holds what was asked for."""
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)


def list_users(_: argparse.Namespace) -> int:
    """all of them, the oldest first"""
    users = directory.find_all()
    for user in users:
        print(describe(user))
    if not users:
        say("nobody has signed in yet")
    return 0


def show(asked: argparse.Namespace) -> int:
    """one of them, and how much there is of theirs"""
    user = directory.find_one(asked.who)
    print(describe(user))
    counts = {
        "API keys": len(api_key_store.find_all(user.id)),
        "devices": len(tokens.find_all(user.id)),
        "browsers": len(session_store.find_all(user.id)),
        "jobs and uploads": len(owned.find_all(user.id)),
    }
    print("\n".join(f"{count:6} {name}" for name, count in counts.items()))
    return 0


def shut_out(asked: argparse.Namespace) -> int:
    """refuse whatever proves to be them, from now on"""
    user = directory.find_one(asked.who)
    access.shut_out(user.id)
    say(f"{user.id} is shut out")
    return 0


def let_in(asked: argparse.Namespace) -> int:
    """undo that"""
    user = directory.find_one(asked.who)
    access.let_in(user.id)
    say(f"{user.id} may come in again")
    return 0


def remove(asked: argparse.Namespace) -> int:
    """delete their account permanently"""
    user = directory.find_one(asked.who)
    if not asked.yes and not confirm(user):
        return exit_with("nothing was deleted")
    account_deletion.begin_deletion(user.id)
    try:
        is_gone = account_deletion.finish_deletion(user.id)
    except Unavailable as error:
        return exit_with(f"{error} {user.id} is shut out for good; {NOT_ALL}")
    say(f"{user.id} is deleted" + ("" if is_gone else "; its record goes in an hour, when its last tokens have ended"))
    return 0


def confirm(user: User) -> bool:
    try:
        return input(f"This can't be undone. Write {user.id} to delete it: ").strip() == user.id
    except EOFError:
        return False


def describe(user: User) -> str:
    since = f"{user.created_at:%Y-%m-%d}"
    return f"{user.id}  {since}  {user.access.value:9} {user.tier.value:10} {user.email or '-'}"


def show_usage(_: argparse.Namespace) -> int:
    """what image URLs were used for, by day and key, the latest day first"""
    told = usage.read_all()
    rows = [(each.day, each.key_name, each.hits, each.misses, each.errors, each.sent_bytes) for each in told]
    for day, key, hits, misses, errors, sent in [("day", "key", "hits", "misses", "errors", "bytes"), *rows]:
        print(f"{day:10}  {key:10}  {hits:>10}  {misses:>8}  {errors:>8}  {sent:>14}")
    return 0


USER_COMMANDS: dict[str, Callable[[argparse.Namespace], int]] = {
    "list": list_users,
    "show": show,
    "shut-out": shut_out,
    "let-in": let_in,
    "remove": remove,
}
OPERATOR_COMMANDS = {**USER_COMMANDS, "usage": show_usage}

if __name__ == "__main__":
    log_to_standard_error()
    sys.exit(main())
