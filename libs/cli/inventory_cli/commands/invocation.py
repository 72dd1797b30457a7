"""The invocation that every command gets, and the options that many commands share."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import httpx

from inventory_client import Retries
from inventory_common.attributes import MemberNames

from ..imports.journal import journals_folder
from ..output import Format, print_documents
from ..profiles import Profile, Session, load_profile

__all__ = [
    "Command",
    "Invocation",
    "fields_option",
    "listed",
    "pass_invocation",
    "shaped",
    "show",
    "show_members",
    "vendor_option",
]

Command = TypeVar("Command", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Invocation:
    """One call of the command line.

    Attributes
    ----------
    environ
        The environment.
    transport, retries
        The HTTP transport and the retries of the clients; tests replace them.
    profile_name, role, vendor
        The profile, and the role and vendor of the local stack's token.
    allow_plain_http
        Whether tokens are sent over plain HTTP to other machines than this one.
    """

    environ: Mapping[str, str]
    transport: httpx.BaseTransport | None = None
    retries: Retries | None = None
    profile_name: str | None = None
    role: str | None = None
    vendor: str | None = None
    allow_plain_http: bool = False

    def profile(self) -> Profile:
        """Return the profile, or raise `ConfigurationError`."""
        name = self.profile_name or self.environ.get("INVENTORY_PROFILE")
        return load_profile(
            self.environ,
            name,
            role=self.role,
            vendor=self.vendor,
            allow_plain_http=self.allow_plain_http,
            transport=self.transport,
        )

    def session(self) -> Session:
        """Return a session with the three services, for a ``with`` block."""
        return Session(self.profile(), self.transport, self.retries)

    def vendor_id(self, named: str | None) -> str:
        """Return the vendor of a command: the one it names, or the profile's."""
        vendor_id = named or self.vendor or self.profile().vendor
        if vendor_id is None:
            raise click.UsageError("Missing --vendor, such as --vendor VENDOR-001.")
        return vendor_id

    def journals(self) -> Path:
        """Return the folder of the imports' journals."""
        return journals_folder(self.environ)


def pass_invocation(command: Callable[..., Any]) -> Callable[..., Any]:
    """Pass a command its `Invocation` as the first argument."""
    return click.make_pass_decorator(Invocation)(command)


vendor_option: Final = click.option(
    "--vendor", "vendor", metavar="VENDOR-ID", help="The vendor; the profile's by default."
)


class _Fields(click.ParamType[tuple[str, ...]]):
    """Names of members, separated by commas."""

    name = "NAMES"

    def __init__(self, members: Sequence[str]) -> None:
        self._names = MemberNames(tuple(members))

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, ...]:
        """Read the names."""
        try:
            return self._names.from_text(value) if isinstance(value, str) else value
        except ValueError as error:
            self.fail(str(error), param, ctx)


def fields_option(members: Sequence[str]) -> Callable[[Command], Command]:
    """Return a decorator that adds ``--fields``, which gets some of the members, or None, as `fields`."""
    return click.option(
        "--fields", type=_Fields(members), help="Only these members, separated by commas; fetches no others."
    )


def shaped(command: Command) -> Command:
    """Add ``--json`` and ``--csv`` to a command, which gets the format as `shape`."""

    @click.option("--json", "as_json", is_flag=True, help="Print one JSON object per line.")
    @click.option("--csv", "as_csv", is_flag=True, help="Print CSV with a header line.")
    @functools.wraps(command)
    def with_shape(*arguments: Any, as_json: bool, as_csv: bool, **options: Any) -> Any:
        if as_json and as_csv:
            raise click.UsageError("--json and --csv exclude each other.")
        shape = Format.JSON if as_json else Format.CSV if as_csv else Format.TABLE
        return command(*arguments, shape=shape, **options)

    return with_shape  # type: ignore[return-value]


def listed(command: Command) -> Command:
    """Add ``--limit`` to a command that prints a list, beside the options of `shaped`."""
    limited = click.option(
        "--limit",
        type=click.IntRange(min=1),
        help="The maximum number of rows. Default: 100 in a table, all in JSON and CSV.",
    )
    return limited(shaped(command))


def show(
    models: Iterable[Any], shape: Format, columns: Sequence[str], limit: int | None, title: str | None = None
) -> None:
    """Print models that have a `document` as a list."""
    documents = (model.document() for model in models)
    print_documents(documents, shape, columns, limit=limit, title=title)


def show_members(
    documents: Iterable[Mapping[str, Any]], shape: Format, members: Sequence[str], limit: int | None
) -> None:
    """Print documents of these members as a list."""
    print_documents(documents, shape, members, limit=limit, csv_columns=members)
