import re

import pytest

from inventory_common.ids import PATTERNS, StockKey, is_id, new_product_id, sku_prefix, transaction_id

UUID = "550e8400-e29b-41d4-a716-446655440000"

GOOD = [
    ("product_id", "PROD-E4F9A"),
    ("product_id", "PROD-A1B2C"),
    ("product_id", "PROD-00000"),
    ("product_id", "PROD-ZZZZZ"),
    ("product_id", "PROD-ABCDEFGHJKMN"),
    ("product_id", "PROD-PQRSTVWXYZ01"),
    ("vendor_id", "VENDOR-001"),
    ("vendor_id", "VENDOR-ILOU"),
    ("vendor_id", "VENDOR-A"),
    ("vendor_id", "VENDOR-" + "Z" * 32),
    ("sku", "SKU-PROD-E4F9A-BLK-L"),
    ("sku", "SKU-PROD-E4F9A-1"),
    ("sku", "SKU-PROD-E4F9A-ILOU"),
    ("sku", "SKU-PROD-E4F9A-" + "A" * 40),
    ("sku", "SKU-PROD-ABCDEFGHJKMN-" + "A-" * 19 + "AA"),
    ("sku", "SKU-PROD-E4F9A-A1-B2"),
    ("sku", "SKU-PROD-PQRSTVWXYZ01-A"),
    ("order_id", "ORDER-12345"),
    ("order_id", "ORDER-Z"),
    ("order_id", "ORDER-a"),
    ("order_id", "ORDER--"),
    ("order_id", "ORDER-" + "z" * 64),
    ("transaction_id", f"TXN-{UUID}"),
]

BAD = [
    ("product_id", "PROD-E4F9"),
    ("product_id", "PROD-ABCDEFGHJKMNP"),
    ("product_id", "PROD-E4F9I"),
    ("product_id", "PROD-E4F9L"),
    ("product_id", "PROD-E4F9O"),
    ("product_id", "PROD-E4F9U"),
    ("product_id", "PROD-e4f9a"),
    ("product_id", "prod-E4F9A"),
    ("product_id", "PROD-E4F-A"),
    ("product_id", "PROD-E4F9\u00c4"),
    ("product_id", "XPROD-E4F9A"),
    ("vendor_id", "VENDOR-"),
    ("vendor_id", "VENDOR-" + "Z" * 33),
    ("vendor_id", "VENDOR-a"),
    ("vendor_id", "VENDOR-A-B"),
    ("vendor_id", "VENDOR-\u0663"),
    ("sku", "SKU-PROD-E4F9A"),
    ("sku", "SKU-PROD-E4F9A-"),
    ("sku", "SKU-PROD-E4F9A-BLK-"),
    ("sku", "SKU-PROD-E4F9A--BLK"),
    ("sku", "SKU-PROD-E4F9A-BLK--L"),
    ("sku", "SKU-PROD-E4F9A-blk"),
    ("sku", "SKU-PROD-E4F9A-BLK_L"),
    ("sku", "SKU-PROD-E4F9I-BLK"),
    ("sku", "SKU-PROD-E4F9-BLK"),
    ("sku", "SKU-PROD-E4F9A-" + "A" * 41),
    ("sku", "SKU-PROD-ABCDEFGHJKMN-" + "A-" * 20 + "A"),
    ("sku", "SKU-PROD-ABCDEFGHJKMNP-A"),
    ("order_id", "ORDER-"),
    ("order_id", "ORDER-" + "z" * 65),
    ("order_id", "ORDER-1_2"),
    ("order_id", "ORDER-1#2"),
    ("order_id", "ORDER-\u00e9"),
    ("transaction_id", UUID),
    ("transaction_id", f"TXN-{UUID.upper()}"),
    ("transaction_id", f"TXN-{UUID}0"),
    ("transaction_id", f"TXN-{UUID.replace('-', '')}"),
    ("transaction_id", f"TXN-{UUID[:-1]}g"),
]


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_an_id_that_matches_its_pattern_is_accepted(name: str, value: str) -> None:
    assert is_id(name, value)


@pytest.mark.parametrize(("name", "value"), BAD)
def test_an_id_that_does_not_match_its_pattern_is_refused(name: str, value: str) -> None:
    assert not is_id(name, value)


@pytest.mark.parametrize(("name", "value"), GOOD)
@pytest.mark.parametrize("around", ["{}\n", "\n{}", " {}", "{} ", "{}\0", "{}\r"])
def test_an_id_with_a_line_end_or_a_space_around_it_is_refused(name: str, value: str, around: str) -> None:
    assert not is_id(name, around.format(value))


@pytest.mark.parametrize(("name", "value"), GOOD)
def test_an_id_matches_the_pattern_of_one_attribute_alone(name: str, value: str) -> None:
    assert [attribute for attribute in PATTERNS if is_id(attribute, value)] == [name]


def test_the_attributes_that_are_ids_are_these() -> None:
    assert set(PATTERNS) == {"product_id", "vendor_id", "sku", "order_id", "transaction_id", "owner"}


@pytest.mark.parametrize(("name", "value"), GOOD + BAD)
def test_a_pattern_with_anchors_accepts_the_same_ids_as_the_check(name: str, value: str) -> None:
    # OpenAPI documents and JSON Schemas use it with anchors.
    assert (re.search(f"^{PATTERNS[name]}$", value) is not None) == is_id(name, value)


def test_a_new_product_id_is_a_product_id() -> None:
    assert all(is_id("product_id", new_product_id()) for _ in range(200))


def test_new_product_ids_are_five_of_32_characters() -> None:
    drawn = [new_product_id().removeprefix("PROD-") for _ in range(4_000)]
    assert {len(text) for text in drawn} == {5}
    assert "".join(sorted({*"".join(drawn)})) == "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def test_every_character_of_a_new_product_id_is_equally_likely(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn_from: list[str] = []

    def first(characters: str) -> str:
        drawn_from.append(characters)
        return characters[0]

    monkeypatch.setattr("inventory_common.ids.secrets.choice", first)
    assert new_product_id() == "PROD-00000"
    assert {len(characters) for characters in drawn_from} == {32}


def test_new_product_ids_hardly_ever_repeat() -> None:
    assert len({new_product_id() for _ in range(100)}) >= 99


def test_a_sku_begins_with_the_prefix_of_its_product() -> None:
    assert sku_prefix("PROD-E4F9A") == "SKU-PROD-E4F9A-"


def test_a_transaction_id_never_changes() -> None:
    # Every record ever written is found by such an id: if this test fails, data is lost.
    assert transaction_id("SKU-PROD-E4F9A-BLK-L", 1) == "TXN-6f042057-99fa-5a1d-aa58-9e3765ee9f65"
    assert transaction_id("SKU-PROD-E4F9A-BLK-L", 2) == "TXN-470e86b7-e2ed-5b81-a4f2-ce890d021e31"


def test_transaction_ids_differ_by_sequence_and_by_sku() -> None:
    skus = ["SKU-PROD-E4F9A-BLK-L", "SKU-PROD-E4F9A-BLK-L1", "SKU-PROD-E4F9B-BLK-L"]
    made = {transaction_id(sku, sequence) for sku in skus for sequence in range(1, 101)}
    assert len(made) == 300
    assert all(is_id("transaction_id", each) for each in made)


@pytest.mark.parametrize("product_id", ["PROD-E4F9A", "PROD-0123456789AB"])
@pytest.mark.parametrize("variant", ["A", "BLK-L", "1-2-3"])
def test_the_key_of_a_sku_follows_from_its_id(product_id: str, variant: str) -> None:
    sku = f"SKU-{product_id}-{variant}"
    assert StockKey.of(sku) == StockKey(product_id, sku) == (product_id, sku)
    assert (StockKey.of(sku).product_id, StockKey.of(sku).sku) == (product_id, sku)


@pytest.mark.parametrize("sku", [value for name, value in GOOD if name == "sku"])
def test_the_product_in_the_key_of_any_sku_is_the_one_whose_prefix_it_has(sku: str) -> None:
    key = StockKey.of(sku)
    assert is_id("product_id", key.product_id)
    assert key.sku.startswith(sku_prefix(key.product_id))
