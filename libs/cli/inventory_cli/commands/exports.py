"""``inventory export``: from the services to files that can be imported."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from inventory_imports.tables import FileError

from ..export_files import SUFFIXES, written_together
from ..exports import EXPORTS, RESTORED, everything
from ..output import say
from ..progress import counted
from .invocation import Invocation, pass_invocation, raw_option

__all__ = ["export"]

_ALL: Final = "all"


@click.command("export")
@click.argument("what", type=click.Choice([*EXPORTS, _ALL]))
@click.argument("target", metavar="FILE|DIR", type=click.Path(path_type=Path))
@click.option(
    "--vendor",
    "vendors",
    multiple=True,
    metavar="VENDOR-ID",
    callback=lambda _context, _option, vendors: tuple(dict.fromkeys(vendors)),
    help="A vendor; may be repeated.",
)
@click.option(
    "--format",
    "file_format",
    type=click.Choice([suffix.removeprefix(".") for suffix in SUFFIXES]),
    default="csv",
    show_default=True,
    help="The format of the files of all.",
)
@raw_option
@pass_invocation
def export(
    call: Invocation, what: str, target: Path, vendors: tuple[str, ...], file_format: str, raw: bool
) -> None:
    """Export products, skus, stock, open orders or the log to FILE.csv or FILE.jsonl, or all to a folder DIR.

    Only orders with reserved units are exported, those of all vendors; no list has the others.  All are
    products, skus, stock and orders, from which `inventory import all DIR` restores a shop.
    """
    if what == _ALL:
        _export_all(call, target, vendors, file_format, raw=raw)
        return
    if target.suffix not in SUFFIXES:
        raise click.UsageError(f"{target} should end with .csv or .jsonl.")
    vendor_ids = () if what == "orders" else vendors or (call.vendor_id(None),)
    columns, rows = EXPORTS[what].columns, EXPORTS[what].rows
    with (
        call.session() as session,
        counted("Read") as read,
        written_together({target: columns}, raw=raw) as files,
    ):
        for document in rows(session, vendor_ids, read):
            files[target].write(document)
    say(f"{files[target].rows} rows in {target}")


def _export_all(
    call: Invocation, folder: Path, vendors: tuple[str, ...], file_format: str, *, raw: bool
) -> None:
    vendor_ids = vendors or (call.vendor_id(None),)
    paths = {name: folder / f"{name}.{file_format}" for name in RESTORED}
    for name in RESTORED:
        for other in (folder / f"{name}{suffix}" for suffix in SUFFIXES):
            if other not in paths.values() and other.exists():
                raise FileError(f"{other} is of another export; name another folder, or remove it.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise FileError(f"{folder} cannot be written: {error.strerror or error}.") from error
    columns = {paths[name]: EXPORTS[name].columns for name in RESTORED}
    with (
        call.session() as session,
        counted("Read") as read,
        written_together(columns, raw=raw) as files,
    ):
        for name, document in everything(session, vendor_ids, read):
            files[paths[name]].write(document)
    for path, file in files.items():
        say(f"{file.rows} rows in {path}")
