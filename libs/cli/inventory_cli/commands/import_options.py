"""The options of the commands that import."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import click

from inventory_imports.presets.catalogue import PRESETS

__all__ = [
    "beside_option",
    "concurrency_option",
    "dry_run_option",
    "format_options",
    "from_option",
    "reference_option",
    "yes_option",
]

_CONCURRENCY_DEFAULT: Final = 8
_CONCURRENCY_MAX: Final = 32

concurrency_option = click.option(
    "--concurrency",
    type=click.IntRange(1, _CONCURRENCY_MAX),
    default=_CONCURRENCY_DEFAULT,
    show_default=True,
    help="Concurrent requests.",
)
yes_option = click.option("--yes", is_flag=True, help="Do not ask for confirmation.")
dry_run_option = click.option("--dry-run", is_flag=True, help="Show the differences and change nothing.")
from_option = click.option(
    "--from", "shop", type=click.Choice(list(PRESETS)), help="The shop system that exported the file."
)
beside_option = click.option(
    "--beside",
    type=click.Path(path_type=Path),
    help="The other file of the export: PrestaShop writes products and combinations separately.",
)
reference_option = click.option(
    "--reference", help="The reference of rows without one; for a shop's file, by default its name."
)


def format_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that state how a file is written."""
    for option in (
        click.option(
            "--list-separator",
            callback=_one_character,
            help="What separates the members of lists; detected by default.",
        ),
        click.option(
            "--decimal",
            type=click.Choice([".", ","]),
            help="What separates decimals; with it, thousands and currencies are read too.",
        ),
        click.option("--sheet", help="The sheet of a workbook; the first one by default."),
        click.option("--separator", help="What separates the cells: , ; | or tab; detected by default."),
        click.option("--encoding", help="The encoding, such as cp1252; detected by default."),
    ):
        command = option(command)
    return command


def _one_character(context: click.Context, option: click.Parameter, value: str | None) -> str | None:
    if value is None:
        return None
    value = {"\\n": "\n", "tab": "\t", "\\t": "\t"}.get(value, value)
    if len(value) != 1 or value in '\\"' or value.isalnum():
        raise click.BadParameter("state one character, such as a comma, or \\n for line breaks.")
    return value
