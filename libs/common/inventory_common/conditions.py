"""The conditions of conditional writes, and the reasons of a cancelled transaction."""

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
_EXPECTED_REASONS: Final = frozenset(
    {
        "None",
        _CONDITION_FAILED,
        "ProvisionedThroughputExceeded",
        "ThrottlingError",
        "TransactionConflict",
    }
)

OLD_IMAGE: Final = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}
"""Makes a failed condition return the stored item, so that the next attempt needs no read."""


def absent_or_expired(now: str) -> dict[str, Any]:
    """Return the condition that a put finds no item, or an expired one.

    DynamoDB removes an item within days after its TTL, not at once; until then it counts as absent.
    """
    return {
        "ConditionExpression": "attribute_not_exists(product_id) OR #ttl <= :now",
        "ExpressionAttributeNames": {"#ttl": TTL_ATTRIBUTE},
        "ExpressionAttributeValues": {":now": to_attribute(epoch_seconds(now))},
    }


def versioned_update(
    former: Item, latter: Item, within: Mapping[str, Item] | None = None, same: Collection[str] = ()
) -> dict[str, Any]:
    """Return the update that turns one version of an item into the next, and sets only what differs.

    Parameters
    ----------
    former, latter
        Whole items with a `version`; the update requires the former one's.
    within
        Members to set in attributes that are maps; neither item contains these attributes.
    same
        Attributes that have to be unchanged beside the version, where another item under the same key could
        have reached the same version.
    """
    sets = {name: value for name, value in latter.items() if former.get(name) != value}
    removes = [name for name in former if name not in latter]
    names = {f"#{name}": name for name in (*sets, *removes)}
    values = {f":{name}": value for name, value in sets.items()}
    assigned = [f"#{name} = :{name}" for name in sets]
    for name, members in (within or {}).items():
        for number, (member, value) in enumerate(members.items()):
            # Names of members are data, and may have characters that an expression cannot contain.
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
    """Return whether a transaction was cancelled by a conflict with another one, or by throttling.

    DynamoDB then does not report every failed condition.
    """
    codes = {reason["Code"] for reason in cancelled.response["CancellationReasons"]}
    return not codes <= {"None", _CONDITION_FAILED}


def failed_conditions(cancelled: ClientError) -> dict[int, Item | None]:
    """Return the positions of the actions whose condition failed, each with the stored item.

    It is empty if the only reasons are conflicts with other transactions or throttling: the same transaction
    can then be sent again.

    Raises
    ------
    ClientError
        `cancelled` itself, if it has any other reason, which is a defect of ours.
    """
    reasons: list[dict[str, Any]] = cancelled.response["CancellationReasons"]
    if any(reason["Code"] not in _EXPECTED_REASONS for reason in reasons):
        raise cancelled
    return {
        position: reason.get("Item")
        for position, reason in enumerate(reasons)
        if reason["Code"] == _CONDITION_FAILED
    }
