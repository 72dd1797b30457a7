"""Whose orders a caller sees."""

from __future__ import annotations

import pytest

from inventory_common.owners import EVERY_OWNER, Owners, owners_of

WEB = Owners("web")
TILL = Owners("till", ("default",))
MAPPING = {"web-1": ("web",), "till-1": ("till", "default"), "erp": ("*",)}


@pytest.mark.parametrize(
    ("client_id", "owners"),
    [
        (None, EVERY_OWNER),
        ("web-1", WEB),
        ("till-1", TILL),
        ("erp", EVERY_OWNER),
        ("unknown", Owners("default")),
    ],
)
def test_a_caller_has_the_owners_of_its_client(client_id: str | None, owners: Owners) -> None:
    assert owners_of(client_id, MAPPING) == owners
    assert owners_of(client_id, {}) == (EVERY_OWNER if client_id is None else Owners("default"))


@pytest.mark.parametrize(
    ("owners", "seen"),
    [
        (WEB, {"web", "*"}),
        (TILL, {"till", "default", "*"}),
        (Owners("default"), {"default", "*"}),
        (EVERY_OWNER, {"web", "till", "default", "*"}),
    ],
)
def test_a_caller_sees_its_own_owner_further_ones_and_what_is_of_all(owners: Owners, seen: set[str]) -> None:
    assert {owner for owner in ("web", "till", "default", "*") if owners.cover(owner)} == seen
    assert owners.sees_all is (owners == EVERY_OWNER)
