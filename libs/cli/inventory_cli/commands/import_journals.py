"""The journals of imports, as the commands begin and list them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from ..imports.journal import TO_UNDO, Journal, JournalError, State, journals
from ..output import say
from .invocation import Invocation

__all__ = ["listed_journals", "new_journal"]


@contextmanager
def new_journal(call: Invocation, name: str, file: Path) -> Iterator[Journal]:
    """Begin a journal, and discard it if there is nothing to undo."""
    with Journal.begin(call.journals(), name, file) as journal:
        try:
            yield journal
        except click.exceptions.Exit:
            raise
        except BaseException:
            with suppress(sqlite3.Error):
                if journal.count_units(*TO_UNDO):
                    say(f"To undo what was done until then: inventory import undo {journal.import_id}")
            raise
        finally:
            # A journal that cannot be read stays: it may name what was sent.
            with suppress(sqlite3.Error):
                if journal.count_units(*TO_UNDO) == 0:
                    journal.discard()


def listed_journals(call: Invocation) -> Iterator[dict[str, Any]]:
    """Yield what is shown of each import of this machine, newest first; say which cannot be read."""
    for journal in journals(call.journals()):
        if isinstance(journal, JournalError):
            say(str(journal), style="yellow")
            continue
        try:
            rows = journal.count_rows()
            document = {"import_id": journal.import_id, "file": journal.fact("file")}
        except sqlite3.Error as error:
            say(f"{journal.path} cannot be read as the journal of an import: {error}.", style="yellow")
            continue
        states = (State.DONE, State.SENDING, State.UNDONE, State.REJECTED)
        yield document | {str(state): rows.get(state, 0) for state in states}
