"""``inventory export``: from the services to a file that can be imported."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import click

from inventory_common.exact_json import dumps
from inventory_imports.cells import csv_cell_of

from ..exports import EXPORTS
from ..output import say
from .invocation import Invocation, pass_invocation, raw_option

__all__ = ["export"]


@click.command("export")
@click.argument("what", type=click.Choice(list(EXPORTS)))
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--vendor", "vendors", multiple=True, metavar="VENDOR-ID", help="A vendor; may be repeated.")
@raw_option
@pass_invocation
def export(call: Invocation, what: str, file: Path, vendors: tuple[str, ...], raw: bool) -> None:
    """Export products, skus, stock, open orders or the log to FILE.csv or FILE.jsonl.

    Only orders with reserved units are exported, those of all vendors; no list has the others.
    """
    if file.suffix not in (".csv", ".jsonl"):
        raise click.UsageError(f"{file} should end with .csv or .jsonl.")
    columns, rows = EXPORTS[what].columns, EXPORTS[what].rows
    vendor_ids = () if what == "orders" else vendors or (call.vendor_id(None),)
    count = 0
    with call.session() as session, _atomically_written(file) as opened:
        writer = csv.writer(opened, lineterminator="\n")
        if file.suffix == ".csv":
            writer.writerow(columns)
        for document in rows(session, vendor_ids):
            count += 1
            if file.suffix == ".csv":
                writer.writerow([csv_cell_of(document[column], raw=raw) for column in columns])
            else:
                opened.write(dumps({column: document[column] for column in columns}) + "\n")
    say(f"{count} rows in {file}")


@contextmanager
def _atomically_written(file: Path) -> Iterator[IO[str]]:
    """Open a temporary file that replaces `file` when it is complete."""
    part = file.with_name(f"{file.name}.part")
    try:
        with part.open("w", encoding="utf-8", newline="") as opened:
            yield opened
        part.replace(file)
    except OSError as error:
        raise click.FileError(str(file), error.strerror or str(error)) from error
    finally:
        part.unlink(missing_ok=True)
