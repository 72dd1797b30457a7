"""The conditions that gateways put on their writes, and how a cancelled transaction tells which failed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING, Any, Final

from .items import Item, to_attribute
from .schema import TTL_ATTRIBUTE
from .timestamps import epoch_seconds

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

__all__ = ["OLD_IMAGE", "absent_or_expired", "failed_conditions", "is_in_conflict", "versioned_update"]

_CONDITION_FAILED: Final = "ConditionalCheckFailed"
_LOST_TO_ANOTHER: Final = frozenset(
    {
        "None",
        _CONDITION_FAILED,
        "ProvisionedThroughputExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)

OLD_IMAGE: Final = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
"""Makes a failed condition show what another writer left: the next attempt's snapshot, without a read."""


def absent_or_expired(now: str) -> dict[str, Any]:
    """Return the condition of a put over nothing, or over an item whose TTL has passed.

    DynamoDB removes such an item within days, not at once; until then it counts as absent.
    """
    return {
        "ConditionExpression": "attribute_not_exists(product_id) OR #ttl <= :now",
        "ExpressionAttributeNames": {"#ttl": TTL_ATTRIBUTE},
        "ExpressionAttributeValues": {":now": to_attribute(epoch_seconds(now))},
    }


def versioned_update(
    former: Item, latter: Item, within: Mapping[str, Item] | None = None, same: Collection[str] = ()
) -> dict[str, Any]:
    """Return the update that turns one version of an item into another, and sets nothing else.

    Parameters
    ----------
    former, latter
        Whole items with a `version`; the stored one has to be the former's.
    within
        What to set below attributes that are maps and that both items leave alone.
    same
        Attributes which tell that the stored item is the former one, and not another that has got as far.
    """
    sets = {name: value for name, value in latter.items() if former.get(name) != value}
    removes = [name for name in former if name not in latter]
    names = {f"#{name}": name for name in (*sets, *removes)}
    values = {f":{name}": value for name, value in sets.items()}
    assigned = [f"#{name} = :{name}" for name in sets]
    for name, members in (within or {}).items():
        for number, (member, value) in enumerate(members.items()):
            # The names of members are data, with characters that expressions refuse.
            names |= {f"#{name}": name, f"#{name}{number}": member}
            values[f":{name}{number}"] = value
            assigned.append(f"#{name}.#{name}{number} = :{name}{number}")
    expression = "SET " + ", ".join(assigned)
    if removes:
        expression += " REMOVE " + ", ".join(f"#{name}" for name in removes)
    names |= {f"#{name}": name for name in same}
    values |= {f":former_{name}": former[name] for name in same}
    conditions = ["#version = :expected", *(f"#{name} = :former_{name}" for name in same)]
    return {
        "UpdateExpression": expression,
        "ConditionExpression": " AND ".join(conditions),
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": {":expected": former["version"], **values},
        **OLD_IMAGE,
    }


def is_in_conflict(cancelled: ClientError) -> bool:
    """Tell whether DynamoDB saw other transactions at work, or throttled: then not every condition shows."""
    codes = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
    return not codes <= {"None", _CONDITION_FAILED}


def failed_conditions(cancelled: ClientError) -> dict[int, Item | None]:
    """Tell which actions of a cancelled transaction failed their condition, and what stood there.

    Empty if DynamoDB merely saw two transactions at once, or throttled: to be sent again as it is.

    Raises
    ------
    ClientError
        `cancelled` itself, if it has another reason: we sent what we should not have sent.
    """
    reasons: list[dict[str, Any]] = cancelled.response["CancellationReasons"]
    if any(reason["Code"] not in _LOST_TO_ANOTHER for reason in reasons):
        raise cancelled
    return {
        position: reason.get("Item")
        for position, reason in enumerate(reasons)
        if reason["Code"] == _CONDITION_FAILED
    }
