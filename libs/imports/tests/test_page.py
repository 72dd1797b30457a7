"""The import of a file in a page: JSON in and out, by the same rules as the command line."""

from __future__ import annotations

import io
import json
from decimal import Decimal
from typing import Any

import pytest
from openpyxl import Workbook
from shop_files import FILES, RULES

from inventory_common.exact_json import dumps
from inventory_imports.page import FileInPage
from inventory_imports.presets.assembling import line_of
from inventory_imports.sources import FileError
from inventory_imports.stock import batches

VENDOR = "VENDOR-001"
PRODUCTS = b"""external_id,product_name,category,base_price,tags,is_active
A,Mug,Kitchen,8.50,red;blue,
B,Cup,Kitchen,dear,,
C,Pot,Kitchen,20,,false
"""


def opened(content: bytes, name: str = "day.csv", **options: str) -> FileInPage:
    return FileInPage(name, content, VENDOR, json.dumps(options))


def same_names(file: FileInPage, kind: str) -> dict[str, str]:
    described = json.loads(file.described())
    [columns] = [each["columns"] for each in described["kinds"] if each["name"] == kind]
    return {each["name"]: each["file_column"] for each in columns if each["file_column"] is not None}


def compared(file: FileInPage, kind: str, **how: Any) -> dict[str, Any]:
    file.read(kind, json.dumps({"columns": same_names(file, kind)} | how))
    found: dict[str, Any] = json.loads(file.compare())
    return found


def commands(file: FileInPage) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(file.commands("key"))
    return found


def product(**members: Any) -> dict[str, Any]:
    stored = {
        **{"product_id": "PROD-E4F9A", "vendor_id": VENDOR, "external_id": "A", "product_name": "Mug"},
        **{"description": None, "category": "Kitchen", "subcategory": None, "brand": None},
        **{"base_price": Decimal("8.5"), "images": None, "tags": ["red", "blue"], "is_active": True},
        "version": 3,
    }
    return stored | members


def sku(**members: Any) -> dict[str, Any]:
    stored = {
        **{
            "product_id": "PROD-E4F9A",
            "sku": "SKU-PROD-E4F9A-RED",
            "vendor_id": VENDOR,
            "variant_name": "Red",
        },
        **{"variant_attributes": {"color": "Red", "size": "L"}, "unit_price": 9, "reorder_threshold": 5},
        **{"barcode": None, "is_active": True, "product_is_active": True, "details_version": 4},
        **{"current_stock": 12, "sequence": 2},
    }
    return stored | members


def page(*items: dict[str, Any]) -> str:
    return dumps({"items": list(items), "next_cursor": None})


def test_a_file_is_described() -> None:
    described = json.loads(opened(PRODUCTS).described())
    assert described["notes"] == ["UTF-8", "separated by comma"]
    assert described["columns"][:2] == ["external_id", "product_name"]
    assert described["presets"] == []
    assert described["kinds"][0]["name"] == "products"
    assert described["reference"] == "day"
    assert described["sample"][0] == ["A", "Mug", "Kitchen", "8.50", "red;blue", ""]
    required = {column["name"] for column in described["kinds"][0]["columns"] if column["is_required"]}
    assert {"product_name", "category", "base_price"} <= required


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_each_shop_is_recognized(name: str) -> None:
    described = json.loads(opened((FILES / name).read_bytes(), name).described())
    assert [preset["name"] for preset in described["presets"]] == [name.split("_")[0].split(".")[0]]
    assert described["reference"].startswith(described["presets"][0]["name"])


def test_a_new_product_is_created_and_one_that_is_inactive_in_the_file_is_deactivated_then() -> None:
    file = opened(PRODUCTS)
    assert compared(file, "products")["counts"] == {
        **{"create": 2, "change": 0, "unchanged": 0},
        **{"rejected": 1, "stays_inactive": 0},
    }
    first, last = commands(file)
    assert (first["line"], first["command"]["do"], first["command"]["deactivates"]) == (
        2,
        "create_product",
        False,
    )
    body = json.loads(first["command"]["body"], parse_float=str)
    assert (body["vendor_id"], body["base_price"], body["tags"]) == (VENDOR, "8.5", ["red", "blue"])
    assert "is_active" not in body
    assert (last["line"], last["command"]["deactivates"]) == (4, True)
    assert first["command"]["key"] == "import-key-2"


def test_a_change_names_the_version_and_the_way_back() -> None:
    file = opened(b"external_id,product_name,category,base_price\nA,Cup,Kitchen,8.50\n")
    file.read("products", json.dumps({"columns": same_names(file, "products")}))
    file.add_products(page(product(), product(product_id="PROD-E4F9B", external_id=None)))
    assert json.loads(file.compare())["counts"]["change"] == 1
    [planned] = commands(file)
    assert planned["shown"] == "product_name: Mug → Cup"
    assert planned["command"] == {
        **{"do": "change_product", "key": "import-key-2", "product_id": "PROD-E4F9A", "version": 3},
        "body": '{"product_name":"Cup"}',
        "before": '{"product_name":"Mug"}',
    }


def test_what_is_there_already_is_unchanged() -> None:
    file = opened(b"external_id,product_name,category,base_price,tags\nA,Mug,Kitchen,8.50,red;blue\n")
    file.read("products", json.dumps({"columns": same_names(file, "products")}))
    file.add_products(page(product()))
    assert json.loads(file.compare())["counts"]["unchanged"] == 1
    assert commands(file) == []


def test_a_sku_is_changed_by_a_merge_patch_and_back() -> None:
    file = opened(
        b"external_id,variant,variant_name,variant_attributes,unit_price,reorder_threshold\n"
        b"A,RED,Red,color=Crimson,9,5\nA,NEW,New,,7.25,1\nZ,NEW,New,,7,1\n"
    )
    file.read("skus", json.dumps({"columns": same_names(file, "skus")}))
    file.add_products(page(product()))
    file.add_skus(page(sku()))
    found = json.loads(file.compare())
    assert found["counts"] == {
        **{"create": 1, "change": 1, "unchanged": 0},
        **{"rejected": 1, "stays_inactive": 0},
    }
    changed, created = commands(file)
    assert json.loads(changed["command"]["body"]) == {
        "variant_attributes": {"size": None, "color": "Crimson"}
    }
    assert json.loads(changed["command"]["before"]) == {"variant_attributes": {"color": "Red", "size": "L"}}
    assert changed["command"]["version"] == 4
    assert created["command"]["sku"] == "SKU-PROD-E4F9A-NEW"
    assert json.loads(created["command"]["body"])["sku"] == "SKU-PROD-E4F9A-NEW"
    assert json.loads(file.rejected("{}", 10)) == [
        {"line": 4, "reason": f"external_id: {VENDOR} has no product 'Z'"}
    ]


def test_deliveries_are_booked_once_for_ever() -> None:
    rows = (
        b"sku,quantity,counted_stock\nSKU-PROD-E4F9A-RED,10,\nSKU-PROD-E4F9A-RED,5,\nSKU-PROD-E4F9A-BLUE,,7\n"
    )
    existing = page(sku(), sku(sku="SKU-PROD-E4F9A-BLUE", sequence=0, current_stock=4))
    file = opened(rows)
    file.read("stock", json.dumps({"columns": same_names(file, "stock"), "reference": "note 7"}))
    file.add_skus(existing)
    logs = json.loads(file.logs())
    assert (logs["skus"], logs["records"]) == ({"SKU-PROD-E4F9A-RED": 2}, 2)
    assert "notes" in logs["fields"]
    assert json.loads(file.compare())["counts"]["create"] == 3
    delivery, count = commands(file)
    assert json.loads(delivery["command"]["body"])["quantity"] == 15
    assert json.loads(count["command"]["body"]) | {"idempotency_key": ""} == {
        **{
            "product_id": "PROD-E4F9A",
            "sku": "SKU-PROD-E4F9A-BLUE",
            "type": "adjustment",
            "notes": "[note 7]",
        },
        **{"counted_stock": 7, "expected_stock": 4, "idempotency_key": ""},
    }
    assert delivery["command"]["key"] == json.loads(delivery["command"]["body"])["idempotency_key"]

    record = {
        **{"transaction_id": "TXN-1", "sku": "SKU-PROD-E4F9A-RED", "transaction_type": "restock"},
        **{"sequence": 3, "quantity": 15, "stock_after": 27, "notes": "[note 7]"},
    }
    undo = record | {"sequence": 4, "transaction_type": "manual_adjustment", "notes": "[undo note 7]"}
    for records, planned in ((page(record), 1), (page(record, undo), 2)):
        again = opened(rows)
        again.read("stock", json.dumps({"columns": same_names(again, "stock"), "reference": "note 7"}))
        again.add_skus(existing)
        again.add_records(records)
        again.compare()
        assert len(commands(again)) == planned


def test_no_batch_has_another_change_of_a_sku_beside_a_count_of_it() -> None:
    targets = [
        (2, {"sku": "A", "quantity": 1}),
        (3, {"sku": "A", "quantity": 1}),
        (4, {"sku": "B", "counted_stock": 1}),
        (5, {"sku": "A", "counted_stock": 1}),
        (6, {"sku": "C", "quantity": 1}),
        (7, {"sku": "A", "quantity": 1}),
    ]
    made = batches(targets, lambda each: each[1])
    assert [[number for number, _ in batch] for batch in made] == [[2, 3, 4], [5, 6], [7]]


def test_a_batch_has_at_most_200_changes() -> None:
    made = batches(range(401), lambda number: {"sku": f"S{number}", "quantity": 1})
    assert [len(batch) for batch in made] == [200, 200, 1]


def test_stock_is_sent_in_batches_and_products_one_by_one() -> None:
    rows = [b"sku,quantity,counted_stock", *(b"SKU-PROD-E4F9A-%d,1," % number for number in range(201))]
    file = opened(b"\n".join(rows))
    file.read("stock", json.dumps({"columns": same_names(file, "stock"), "reference": "r"}))
    file.add_skus(page(*(sku(sku=f"SKU-PROD-E4F9A-{number}", sequence=0) for number in range(201))))
    file.compare()
    assert [planned["batch"] for planned in commands(file)] == [0] * 200 + [1]
    products = opened(PRODUCTS)
    compared(products, "products")
    assert [planned["batch"] for planned in commands(products)] == [0, 1]


def test_rows_that_a_service_refused_are_in_the_rejects_too() -> None:
    file = opened(PRODUCTS)
    compared(file, "products")
    assert file.rejects_name() == "day.products-rejects.csv"
    lines = file.rejects('{"2":"price_too_high: no"}').decode().splitlines()
    assert lines[0].startswith("_line,_reason,external_id")
    assert lines[1] == "2,price_too_high: no,A,Mug,Kitchen,8.50,red;blue,"
    assert lines[2].startswith('3,"base_price: ')
    assert len(lines) == 3
    again = compared(opened("\n".join(lines).encode()), "products")
    assert again["counts"]["create"] == 1


def test_a_workbook_is_read_with_its_own_numbers() -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["external_id", "product_name", "category", "base_price"])
    sheet.append(["A", "Mug", "Kitchen", 8.5])
    written = io.BytesIO()
    book.save(written)
    file = opened(written.getvalue(), "day.xlsx")
    compared(file, "products")
    [planned] = commands(file)
    assert '"base_price":8.5' in planned["command"]["body"]


def test_decimals_are_read_as_the_file_writes_them() -> None:
    file = opened(b"external_id;product_name;category;base_price\nA;Mug;Kitchen;1.234,50\n")
    assert compared(file, "products", decimal=",")["counts"]["create"] == 1
    assert '"base_price":1234.5' in commands(file)[0]["command"]["body"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("day.pdf", b"%PDF", "should end with"),
        ("day.csv", b"", "has no header line"),
        ("day.xlsx", b"no workbook", "day.xlsx"),
    ],
)
def test_what_is_no_table_is_refused_in_a_sentence(name: str, content: bytes, message: str) -> None:
    with pytest.raises(FileError, match=message):
        opened(content, name).described()


def test_nothing_is_asked_of_a_file_that_was_not_read() -> None:
    with pytest.raises(FileError, match="has not been read"):
        opened(PRODUCTS).compare()


@pytest.mark.parametrize("kind", sorted(RULES))
@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_every_row_of_a_shop_is_planned_or_rejected(name: str, kind: str) -> None:
    file = opened((FILES / name).read_bytes(), name)
    preset = json.loads(file.described())["presets"][0]["name"]
    file.read(kind, json.dumps({"preset": preset, "reference": "count"}))
    counts = json.loads(file.compare())["counts"]
    rejected = json.loads(file.rejected("{}", 10_000))
    assert len(rejected) == len({each["line"] for each in rejected})
    assert all(each["reason"] for each in rejected)
    assert counts["create"] + counts["rejected"] > 0
    lines = {line_of(unit["number"]) for unit in commands(file)}
    assert lines.isdisjoint(each["line"] for each in rejected)
