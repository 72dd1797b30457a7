import pytest

from inventory_common.barcode_lookups import (
    LOOKUP_SORT_PREFIX,
    barcode_partition,
    lookup_key,
    sku_of_lookup,
)
from inventory_common.ids import StockKey
from inventory_common.items import to_item
from inventory_common.streams import SKU_CHANGES

SKU = "SKU-PROD-E4F9A-BLK-L"


def test_a_lookup_item_names_its_sku() -> None:
    partition = barcode_partition("VENDOR-001", "4006381333931")
    item = lookup_key(partition, SKU)
    assert item == {"product_id": {"S": "BARCODE#VENDOR-001#4006381333931"}, "sku": {"S": f"#{SKU}"}}
    assert item["sku"]["S"].startswith(LOOKUP_SORT_PREFIX)
    assert sku_of_lookup(item) == StockKey.of(SKU)


def test_no_two_barcodes_share_a_partition() -> None:
    pairs = [("VENDOR-1", "2#3"), ("VENDOR-1", "2"), ("VENDOR-12", "3"), ("VENDOR-1", "#2#3")]
    assert len({barcode_partition(*pair) for pair in pairs}) == len(pairs)


def test_a_lookup_item_is_no_sku_to_a_stream() -> None:
    assert not SKU_CHANGES.matches(lookup_key("BARCODE#VENDOR-001#1", SKU))


@pytest.mark.parametrize("sort_key", ["#", "#SKU-", "#SKU-PROD-E4F9A", f"##{SKU}", f"#{SKU}\n", "#ORDER"])
def test_any_other_sort_key_names_no_sku(sort_key: str) -> None:
    with pytest.raises(ValueError, match="not that of a lookup item"):
        sku_of_lookup(to_item({"product_id": "BARCODE#VENDOR-001#1", "sku": sort_key}))
