"""The page of the command-line client, from its argument parsers."""

import argparse
from collections.abc import Iterator

from imgopt_client.arguments import EPILOG, build_parsers

INTRODUCTION = """\
# Command line

This page lists all commands and options of the client `imgopt`. [Optimize files on the command
line](../how-to/command-line.md) has examples.
`make reference` writes this page from `imgopt_client/arguments.py`.
"""
SHARED = ("--server", "--plain-http", "-h", "--help")


def render() -> str:
    parser = build_parsers()[0]
    commands = dict(_commands(parser))
    alone = [action for action in parser._actions if action.option_strings and not _is_shared(action)]
    shared = [action for action in commands["status"]._actions if action.option_strings]
    return "\n".join(
        [
            INTRODUCTION,
            f"```\n{EPILOG.strip()}\n```\n",
            f"## Without a command\n\n{_table(alone)}",
            f"## All commands\n\n{_table(shared)}",
            *(_command(name, parser) for name, parser in commands.items()),
        ]
    )


def _commands(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _command(name: str, parser: argparse.ArgumentParser) -> str:
    notes = (parser.epilog or "").removesuffix(EPILOG).strip()
    parts = [f"## imgopt {name}", parser.description or "", notes, *_groups(parser)]
    return "\n\n".join(part.strip() for part in parts if part) + "\n"


def _groups(parser: argparse.ArgumentParser) -> Iterator[str]:
    for group in parser._action_groups:
        actions = [action for action in group._group_actions if not _is_shared(action)]
        if actions:
            yield f"### {name_of(parser, group.title or '')}\n\n{_table(actions)}"


def name_of(parser: argparse.ArgumentParser, title: str) -> str:
    """Returns a heading that is unique on the page, so that it can be linked."""
    return f"{parser.prog}: {title}"


def _is_shared(action: argparse.Action) -> bool:
    return any(option in SHARED for option in action.option_strings)


def _table(actions: list[argparse.Action]) -> str:
    rows = "\n".join(f"| {_syntax(action)} | {_help(action)} |" for action in actions)
    return f"| option | meaning |\n|---|---|\n{rows}\n"


def _syntax(action: argparse.Action) -> str:
    value = "" if action.nargs == 0 else f" {_value(action)}"
    return ", ".join(f"`{name}{value}`" for name in action.option_strings) or f"`{_value(action)}`"


def _value(action: argparse.Action) -> str:
    choices = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else action.dest.upper()
    return str(action.metavar or choices)


def _help(action: argparse.Action) -> str:
    return " ".join((action.help or "").replace("%%", "%").replace("|", "\\|").split())
