"""``inventory``: the groups of commands, and their common options."""

from __future__ import annotations

from dataclasses import replace

import click
from click.shell_completion import get_completion_class

from .. import __version__
from .availability import availability
from .events import events
from .exports import export
from .import_all import import_all
from .imports import imports
from .log import log
from .orders import orders
from .products import products
from .skus import skus
from .stock import stock

__all__ = ["inventory"]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "auto_envvar_prefix": None})
@click.version_option(__version__, prog_name="inventory")
@click.option(
    "--profile",
    "profile_name",
    help="The profile. Default: INVENTORY_PROFILE, or local.",
)
@click.option(
    "--role",
    type=click.Choice(["vendor", "orders", "desk", "auditor", "admin"]),
    help="The role of the local stack's token. Default: the profile's, or admin.",
)
@click.option(
    "--as-vendor", "vendor", metavar="VENDOR-ID", help="The vendor of --role vendor. Default: the profile's."
)
@click.option(
    "--allow-plain-http",
    is_flag=True,
    help="Send tokens and secrets over http:// to other machines than this one, too.",
)
@click.pass_context
def inventory(
    context: click.Context,
    profile_name: str | None,
    role: str | None,
    vendor: str | None,
    allow_plain_http: bool,
) -> None:
    """Products, SKUs, stock, orders and the log of the inventory.

    Exit codes: 0 success; 1 refused by a service; 2 wrong usage; 3 success, except for rows in the rejects
    file; 4 no answer; 5 an order's command finishes later; 6 a local file cannot be written; 130 interrupted.
    """
    context.obj = replace(
        context.obj, profile_name=profile_name, role=role, vendor=vendor, allow_plain_http=allow_plain_http
    )


@inventory.command()
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell: eval "$(inventory completion bash)"."""
    completion_class = get_completion_class(shell)
    assert completion_class is not None
    click.echo(completion_class(inventory, {}, "inventory", "_INVENTORY_COMPLETE").source())


imports.add_command(import_all)
for command in (products, skus, stock, availability, orders, log, events, imports, export):
    inventory.add_command(command)
