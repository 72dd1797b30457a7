from __future__ import annotations

from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from fixed_ledger_key import FixedLedgerKey, fixed_key
from hypothesis import given
from hypothesis import strategies as st

from inventory_common.items import Item, to_item
from inventory_common.ledger_keys import SigningKey
from inventory_common.seals import SEAL_ATTRIBUTES, has_genuine_seal, sealed

KEYS = FixedLedgerKey()
ORDER: dict[str, Any] = {
    "product_id": "ORDER-12345",
    "sku": "#ORDER",
    "version": 3,
    "created_at": "2026-02-23T10:30:00.000000Z",
    "lines": {"SKU-PROD-E4F9A-BLK-L": {"placed": 5, "reserved": 5, "vendor_id": "VENDOR-001"}},
    "owner": "web-shop",
    "settled_in_part": True,
    "last_command": {"type": "place", "id": "5c1d"},
}
ITEM = to_item(ORDER)
SEALED = sealed(ITEM, KEYS.current())


def is_genuine(item: Item) -> bool:
    return has_genuine_seal(item, KEYS.public_key)


def test_an_item_that_was_sealed_has_a_genuine_seal_and_is_otherwise_unchanged() -> None:
    assert is_genuine(SEALED)
    assert {name: value for name, value in SEALED.items() if name not in SEAL_ATTRIBUTES} == ITEM
    assert not is_genuine(ITEM)


def test_anyone_can_compute_what_a_seal_signs() -> None:
    others = {name: value for name, value in ORDER.items() if name not in ("product_id", "sku")}
    content: Any = ["seal-1", "ORDER-12345", "#ORDER", others | {"seal_key": "test-1"}]
    key = KEYS.published["test-1"]
    assert key.verifies(sha256(rfc8785.dumps(content)).digest(), SEALED["seal"]["B"])


@given(st.dictionaries(st.sampled_from("abcdef"), st.text() | st.integers(-(10**15), 10**15) | st.booleans()))
def test_the_seal_of_any_texts_and_integers_signs_their_canonical_json(content: dict[str, Any]) -> None:
    key = {"product_id": "ORDER-1", "sku": "#ORDER"}
    try:
        expected = rfc8785.dumps(["seal-1", "ORDER-1", "#ORDER", content | {"seal_key": "test-1"}])
    except rfc8785.CanonicalizationError:
        return  # a text that is no Unicode
    seal = sealed(to_item(key | content), KEYS.current())["seal"]["B"]
    assert KEYS.published["test-1"].verifies(sha256(expected).digest(), seal)


@pytest.mark.parametrize("name", sorted(SEALED))
def test_any_change_of_an_attribute_breaks_the_seal(name: str) -> None:
    without = {each: value for each, value in SEALED.items() if each != name}
    forgeries: list[Item] = [{**SEALED, name: {"S": "forged"}}, {**SEALED, name: {"N": "77"}}]
    forgeries += [without, {**SEALED, name: {"B": b"x" * 64}}, {**SEALED, name: {"NULL": True}}]
    for forgery in forgeries:
        assert not is_genuine(forgery), forgery


def test_a_line_or_an_attribute_more_breaks_the_seal() -> None:
    lines = {**SEALED["lines"]["M"], "SKU-PROD-E4F9A-WHT-L": SEALED["lines"]["M"]["SKU-PROD-E4F9A-BLK-L"]}
    assert not is_genuine({**SEALED, "lines": {"M": lines}})
    assert not is_genuine({**SEALED, "ttl": {"N": "1"}})


def test_a_seal_does_not_fit_another_item() -> None:
    assert not is_genuine({**SEALED, "product_id": {"S": "ORDER-99999"}})
    assert not is_genuine({**SEALED, "sku": {"S": "#PART-001"}})


def test_only_a_published_key_seals() -> None:
    assert not is_genuine(sealed(ITEM, SigningKey("test-1", bytes(32))))
    assert not is_genuine(sealed(ITEM, fixed_key("other")))
    older = FixedLedgerKey(
        fixed_key("new"), (KEYS.published["test-1"].retired("2026-02-24T00:00:00.000000Z"),)
    )
    assert has_genuine_seal(SEALED, older.public_key)
