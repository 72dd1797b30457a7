"""The types of stored attributes: what the services calculate with is what they have written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from inventory_common.stored_types import EXACT_BOUND, StoredTypes, is_exact_integer

TYPES = StoredTypes(
    integers=("units",),
    texts=("name", "note"),
    moments=("at",),
    flags=("active",),
    prices=("price",),
    text_lists=("tags",),
    text_maps=("colors",),
    optional=("note", "tags", "colors"),
)
WHOLE: dict[str, Any] = {
    "units": 5,
    "name": "x",
    "at": "2026-02-23T10:30:00.000000Z",
    "active": True,
    "price": Decimal("1.50"),
}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"units": -5},
        {"units": EXACT_BOUND - 1},
        {"price": 2},
        {"note": "x", "tags": [], "colors": {}},
        {"note": None, "tags": ["x"], "colors": {"a": "b"}, "unknown": b"x"},
    ],
    ids=str,
)
def test_what_the_services_write_is_accepted(more: dict[str, Any]) -> None:
    TYPES.require(WHOLE | more)


WRONG: dict[str, list[Any]] = {
    "units": ["5", Decimal("1.5"), True, None, EXACT_BOUND, -EXACT_BOUND, [5]],
    "name": [5, None, ["x"], True],
    "note": [5, [], False],
    "at": ["yesterday", 1, None, "2026-02-23T10:30:00Z", "2026-02-23 10:30:00.000000Z"]
    + [f"{day}T10:30:00.000000Z" for day in ("9999-01-01", "0000-01-01", "2026-02-30", "2026-13-01")],
    "active": ["true", 1, None],
    "price": ["1", None, True, Decimal(EXACT_BOUND), EXACT_BOUND],
    "tags": ["x", [1], {"a": "b"}, 5],
    "colors": ["x", {"a": 1}, ["x"], 5],
}


@pytest.mark.parametrize(
    ("name", "wrong"), [(name, wrong) for name, values in WRONG.items() for wrong in values], ids=str
)
def test_another_type_is_refused_by_the_attributes_name(name: str, wrong: Any) -> None:
    with pytest.raises(TypeError, match=f"^{name} is not "):
        TYPES.require(WHOLE | {name: wrong})


@pytest.mark.parametrize("name", WHOLE)
def test_a_missing_attribute_is_refused(name: str) -> None:
    with pytest.raises(TypeError, match=f"^{name} is missing$"):
        TYPES.require({other: value for other, value in WHOLE.items() if other != name})


def test_an_exact_integer_is_one_that_json_can_carry() -> None:
    assert all(map(is_exact_integer, (0, -1, 2**53 - 1, 1 - 2**53)))
    assert not any(map(is_exact_integer, (2**53, -(2**53), True, 1.0, "1", None, Decimal(1))))
