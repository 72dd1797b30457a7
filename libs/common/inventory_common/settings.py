"""The settings of a service that differ between a laptop, a test and a deployed stage."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, Final, Self

from .budgets import Budget
from .ids import OWNER, is_id
from .schema import Table
from .timestamps import timestamp

__all__ = ["ALL_OWNERS", "BUDGET_RATE_MIN", "DEFAULT_OWNER", "Settings", "members"]

ALL_OWNERS: Final = "*"
"""In place of an owner: a client that sees the orders of all owners."""
DEFAULT_OWNER: Final = "default"
"""The owner of the orders of clients that the platform gives no owner."""
BUDGET_RATE_MIN: Final = 100
"""The lowest rate of a budget: it repays the heaviest batch within 20 seconds, as long as clients wait."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings of a service; boto3 itself reads the endpoint and region of DynamoDB."""

    jwks_url: str
    token_issuer: str
    token_audiences: tuple[str, ...]
    machine_client_ids: tuple[str, ...]
    table_name_prefix: str = ""
    cors_origins: tuple[str, ...] = ()
    alert_topic_arn: str | None = None
    event_bus: str | None = None
    archive_bucket: str | None = None
    archive_signing_key: str | None = None
    tables_restored_to: tuple[str, ...] = ()
    ledger_key_secret: str | None = None
    ledger_keys_path: str | None = None
    order_owners: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    client_budget: Budget | None = None
    vendor_budget: Budget | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the environment variables of a service.

        ``JWKS_URL``, ``TOKEN_ISSUER`` and the lists ``TOKEN_AUDIENCES`` and ``MACHINE_CLIENT_IDS`` are
        required; ``TABLE_NAME_PREFIX``, ``ALERT_TOPIC_ARN``, ``EVENT_BUS`` (a name or ARN),
        ``ARCHIVE_BUCKET``, ``ARCHIVE_SIGNING_KEY`` (of KMS), ``LEDGER_KEY_SECRET`` (a name or ARN of Secrets
        Manager), ``LEDGER_KEYS_PATH`` (of parameters) and the lists ``CORS_ORIGINS`` and
        ``TABLES_RESTORED_TO`` are optional.  The members of a list are separated by commas.
        ``TABLES_RESTORED_TO`` has the moment of each restore of the tables, in their order.
        ``ORDER_OWNERS``, optional too, is a JSON object: by client id, the owner of the client's orders and
        then further owners whose orders it sees, or `ALL_OWNERS` alone.
        ``BUDGETS``, optional too, is a JSON object with the budget of each ``client``, ``vendor`` or both:
        the ``rate`` a second, and the ``burst``.

        Raises
        ------
        RuntimeError
            If a required variable is absent or empty (the message names every such variable), or if
            ``ORDER_OWNERS``, ``TABLES_RESTORED_TO`` or ``BUDGETS`` is not of this form.
        """
        required = ("JWKS_URL", "TOKEN_ISSUER", "TOKEN_AUDIENCES", "MACHINE_CLIENT_IDS")
        missing = [name for name in required if not members(environment.get(name, ""))]
        if missing:
            raise RuntimeError(f"These environment variables must be set: {', '.join(missing)}")
        budgets = _budgets(environment.get("BUDGETS") or "{}")
        return cls(
            jwks_url=environment["JWKS_URL"],
            token_issuer=environment["TOKEN_ISSUER"],
            token_audiences=members(environment["TOKEN_AUDIENCES"]),
            machine_client_ids=members(environment["MACHINE_CLIENT_IDS"]),
            table_name_prefix=environment.get("TABLE_NAME_PREFIX", ""),
            cors_origins=members(environment.get("CORS_ORIGINS", "")),
            alert_topic_arn=environment.get("ALERT_TOPIC_ARN") or None,
            event_bus=environment.get("EVENT_BUS") or None,
            archive_bucket=environment.get("ARCHIVE_BUCKET") or None,
            archive_signing_key=environment.get("ARCHIVE_SIGNING_KEY") or None,
            tables_restored_to=_moments(members(environment.get("TABLES_RESTORED_TO", ""))),
            ledger_key_secret=environment.get("LEDGER_KEY_SECRET") or None,
            ledger_keys_path=environment.get("LEDGER_KEYS_PATH") or None,
            order_owners=_owners(environment.get("ORDER_OWNERS") or "{}"),
            client_budget=budgets.get("client"),
            vendor_budget=budgets.get("vendor"),
        )

    def name_of(self, table: Table) -> str:
        """Return a table's name on this stage."""
        return self.table_name_prefix + table.name


def members(text: str) -> tuple[str, ...]:
    """Return the members of a list in an environment variable, which commas separate."""
    return tuple(filter(None, (part.strip() for part in text.split(","))))


def _moments(texts: tuple[str, ...]) -> tuple[str, ...]:
    try:
        return tuple(map(timestamp, texts))
    except ValueError as error:
        raise RuntimeError(
            "TABLES_RESTORED_TO must be moments such as 2026-11-22T10:00:00Z, separated by commas."
        ) from error


def _owners(text: str) -> dict[str, tuple[str, ...]]:
    try:
        owners = json.loads(text)
    except ValueError:
        owners = None
    if not isinstance(owners, dict) or not all(map(_are_owners, owners.values())):
        raise RuntimeError(
            "ORDER_OWNERS must be a JSON object of client ids with lists of owners, such as "
            f'{{"client": ["web"]}}, or ["{ALL_OWNERS}"] for all; an owner matches {OWNER}.'
        )
    return {client_id: tuple(names) for client_id, names in owners.items()}


def _are_owners(names: object) -> bool:
    if names == [ALL_OWNERS]:
        return True
    if not isinstance(names, list) or not names:
        return False
    return all(isinstance(name, str) and is_id("owner", name) for name in names)


def _budgets(text: str) -> dict[str, Budget]:
    try:
        budgets = json.loads(text)
    except ValueError:
        budgets = None
    if (
        not isinstance(budgets, dict)
        or budgets.keys() - {"client", "vendor"}
        or not all(map(_is_budget, budgets.values()))
    ):
        raise RuntimeError(
            'BUDGETS must be a JSON object such as {"client": {"rate": 500, "burst": 5000}}, with a budget '
            f"for client, vendor or both; a rate is at least {BUDGET_RATE_MIN}, a burst at least 1."
        )
    return {name: Budget(budget["rate"], budget["burst"]) for name, budget in budgets.items()}


def _is_budget(budget: Any) -> bool:
    if not isinstance(budget, dict) or budget.keys() != {"rate", "burst"}:
        return False
    return _is_number(budget["rate"], BUDGET_RATE_MIN) and _is_number(budget["burst"], 1)


def _is_number(number: Any, least: int) -> bool:
    return (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and isfinite(number)
        and number >= least
    )
