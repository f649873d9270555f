"""Writes docs/cli.md from the command itself, and the schema of profile.toml from its model.

``make docs`` runs it, and a test tells when it should have been run.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import click

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

HEAD = """# The command

Written by `make docs` from the command itself. `python build.py` and `python -m compositor` are the same command as
`compositor`; without the name of a subcommand they build.
"""


def _option(option: click.Option, context: click.Context) -> str:
    name, text = option.get_help_record(context) or ("", "")
    return f"- `{name}`: {' '.join(text.replace('  [', ' [').split())}"


def _command(name: str, command: click.Command, parent: click.Context) -> str:
    context = click.Context(command, info_name=name, parent=parent)
    usage = " ".join(command.collect_usage_pieces(context))
    paragraphs = [" ".join(part.split()) for part in (command.help or "").split("\n\n")]
    options = [
        _option(parameter, context)
        for parameter in command.get_params(context)
        if isinstance(parameter, click.Option) and "--help" not in parameter.opts
    ]
    return "\n\n".join([f"## `compositor {name} {usage}`", *paragraphs, "\n".join(options)]).rstrip()


def page() -> str:
    """Give the page, as Markdown."""
    from compositor.cli import cli

    context = click.Context(cli, info_name="compositor", terminal_width=100)
    parts = [_command(name, cli.commands[name], context) for name in cli.list_commands(context)]
    return "\n\n".join([HEAD.rstrip(), *parts]) + "\n"


def schema() -> str:
    """Give the JSON Schema of profile.toml."""
    from compositor.reading.profiles import _Toml

    told = {"$schema": "https://json-schema.org/draft/2020-12/schema"} | _Toml.model_json_schema() | {"title": "A profile"}
    return json.dumps(told, indent=1) + "\n"


if __name__ == "__main__":
    here = Path(__file__).resolve().parent
    (here / "cli.md").write_text(page(), encoding="utf-8")
    (here.parent / "compositor" / "schemas" / "profile.json").write_text(schema(), encoding="utf-8")
