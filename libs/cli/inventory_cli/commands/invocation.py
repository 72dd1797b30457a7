"""What every command has at hand: the profile's session, and options that many commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import httpx

from inventory_client import Retries

from ..imports.journal import journals_folder
from ..output import Format, print_documents
from ..profiles import Profile, Session, load_profile

__all__ = ["Command", "Invocation", "listed", "pass_invocation", "shaped", "show", "vendor_option"]

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of the command line.

    Attributes
    ----------
    environ
        The environment.
    transport, retries
        How requests travel, and how patiently; over the network unless a test says otherwise.
    profile_name, role, vendor
        Whom it asks as.
    """

    environ: Mapping[str, str]
    transport: httpx.BaseTransport | None = None
    retries: Retries | None = None
    profile_name: str | None = None
    role: str | None = None
    vendor: str | None = None

    def profile(self) -> Profile:
        """Return the profile, or raise `ConfigurationError`."""
        name = self.profile_name or self.environ.get("INVENTORY_PROFILE")
        return load_profile(self.environ, name, role=self.role, vendor=self.vendor, transport=self.transport)

    def session(self) -> Session:
        """Open the three services; for a ``with`` block."""
        return Session(self.profile(), self.transport, self.retries)

    def vendor_id(self, named: str | None) -> str:
        """Return the vendor that a command means: the one it names, or the profile's."""
        vendor_id = named or self.vendor or self.profile().vendor
        if vendor_id is None:
            raise click.UsageError("Whose? Name the vendor: --vendor VENDOR-001.")
        return vendor_id

    def journals(self) -> Path:
        """Return where imports keep their journals."""
        return journals_folder(self.environ)


def pass_invocation(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hand a command its `Invocation`, before all else."""
    return click.make_pass_decorator(Invocation)(command)


vendor_option: Final = click.option(
    "--vendor", "vendor", metavar="VENDOR-ID", help="Whose; the profile's vendor if not said."
)


def shaped(command: Command) -> Command:
    """Give a command ``--json`` and ``--csv``, and hand it the `shape` that they ask for."""

    @click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
    @click.option("--csv", "as_csv", is_flag=True, help="CSV with a header line.")
    @functools.wraps(command)
    def with_shape(*arguments: Any, as_json: bool, as_csv: bool, **options: Any) -> Any:
        if as_json and as_csv:
            raise click.UsageError("--json and --csv exclude each other.")
        shape = Format.JSON if as_json else Format.CSV if as_csv else Format.TABLE
        return command(*arguments, shape=shape, **options)

    return with_shape  # type: ignore[return-value]


def listed(command: Command) -> Command:
    """Give a command that prints a list ``--limit`` beside `shaped`'s options."""
    limited = click.option(
        "--limit",
        type=click.IntRange(min=1),
        help="How many at most; 100 in a table if not said, all in JSON and CSV.",
    )
    return limited(shaped(command))


def show(
    things: Iterable[Any], shape: Format, columns: Sequence[str], limit: int | None, title: str | None = None
) -> None:
    """Print what has a `document`, as a list."""
    documents = (thing.document() for thing in things)
    print_documents(documents, shape, columns, limit=limit, title=title)
