"""Barcodes of a few SKUs that many writers change while others look them up: no lookup is ever wrong."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.integration.ledger_checks import Tables
from tests.integration.shop import VENDOR, Shop, done

WRITERS = 8
CHANGES = 15
BARCODES = ["4006381333931", "96385074", "SHELF-1", None]
SEED = 20261129


def test_barcodes_that_many_writers_change_at_once_are_found_as_they_are(
    shop: Shop, second_process: Shop, check_tables: Callable[[], Tables]
) -> None:
    print(f"seed {SEED}")
    shops = [shop, second_process]
    skus = [shop.has_sku(10) for _ in range(2)]
    statuses: Counter[int] = Counter()

    def find(through: Shop, barcode: str) -> list[str]:
        url = f"{through.stock}/vendors/{VENDOR}/inventory"
        found = done(through.ask("GET", url, "vendor", VENDOR, params={"barcode": barcode})).json()["items"]
        assert all(sku["barcode"] == barcode for sku in found)
        return [sku["sku"] for sku in found]

    def change(writer: int) -> list[int]:
        dice = random.Random(SEED + writer)
        answers = []
        for number in range(CHANGES):
            through, sku, barcode = dice.choice(shops), dice.choice(skus), dice.choice(BARCODES)
            url = f"{through.stock}/products/{sku.product_id}/skus/{sku.sku}"
            key = f"barcode-{writer}-{number}" if dice.random() < 0.5 else None
            changed = through.ask("PATCH", url, "vendor", VENDOR, body={"barcode": barcode}, key=key)
            answers.append(changed.status_code)
            find(through, dice.choice(BARCODES[:-1]) or "")
        return answers

    with ThreadPoolExecutor(WRITERS) as pool:
        for answers in pool.map(change, range(WRITERS)):
            statuses.update(answers)
    assert statuses == {200: WRITERS * CHANGES}
    stored = check_tables().skus
    for barcode in filter(None, BARCODES):
        expected = sorted(sku.sku for sku in skus if stored[sku.sku].get("barcode") == barcode)
        assert find(shop, barcode) == expected
