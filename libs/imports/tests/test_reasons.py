"""The kinds of reasons, by which rejected rows are counted."""

from __future__ import annotations

import pytest

from inventory_imports.reasons import reason_kind

COLUMNS = {"quantity", "base_price", "external_id", "sku"}


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("quantity: is required", "quantity: is required"),
        ("base_price: should be a number, not 'a, not b'", "base_price: should be a number"),
        ("base_price: is required; sku: is required", "base_price: is required"),
        ("external_id: VENDOR-001 has no product 'x'", "external_id: … has no product …"),
        ("line 3 of ORDER-1 is wrong: quantity: is required", "another row that belongs to it is wrong"),
        ("insufficient_stock: SKU-PROD-00001-A has 3 units.", "insufficient_stock"),
        ("differs from line 12 in base_price", "differs from line … in base_price"),
        ("has 3 columns instead of 6", "has 3 columns instead of 6"),
        ("", ""),
    ],
)
def test_a_kind_has_no_values_ids_and_lines(reason, kind):
    assert reason_kind(reason, COLUMNS) == kind
