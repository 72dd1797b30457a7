"""Columns, options and exports follow from the declarations of products and SKUs."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, NotRequired, TypedDict

import click
import pytest
from click.testing import CliRunner

from inventory_cli.commands.attribute_options import (
    changes_of,
    creation_of,
    creation_options,
    patch_options,
)
from inventory_cli.exports import EXPORTS
from inventory_common.attributes import Attribute, Items, Name, Price, SkuId, YesNo
from inventory_imports.resources import PRODUCT, SKU, resource
from inventory_imports.rows import PRODUCT_ROW, SKU_ROW, RowError


@dataclass
class Box:
    """A resource like a SKU, with a new attribute."""

    sku: SkuId
    colour: Annotated[Name, Attribute("Its colour.", "Red", changeable=True)]
    weight: Annotated[Price, Attribute("Its weight in kilograms.", 1.5, changeable=True)]
    is_active: Annotated[YesNo, Attribute("Whether it is offered.", True, changeable=True)]
    barcode: Annotated[Name | None, Attribute("The barcode on it.", "4711")] = None
    tags: Annotated[
        Annotated[list[Name], Items(3)] | None, Attribute("Its tags.", ["new"], changeable=True)
    ] = None


class NewBox(TypedDict):
    """What its creator sets."""

    sku: str
    colour: NotRequired[str]
    weight: float
    barcode: NotRequired[str | None]
    tags: NotRequired[list[str] | None]


BOX = resource(Box, NewBox)


def test_created_and_changed_attributes_follow_from_the_declaration():
    assert BOX.is_required == {
        "sku": True,
        "colour": False,
        "weight": True,
        "barcode": False,
        "tags": False,
    }
    assert BOX.created == ("sku", "colour", "weight", "barcode", "tags")
    assert BOX.changed == ("colour", "weight", "tags", "is_active")


def names_of(decorate):
    command = click.command()(decorate(lambda **_: None))
    return [(option.opts[0], option.required) for option in command.params]


def test_a_new_attribute_has_an_option_of_its_name():
    assert names_of(creation_options(BOX, without="sku")) == [
        ("--weight", True),
        ("--colour", False),
        ("--barcode", False),
        ("--tag", False),
    ]
    assert names_of(patch_options(BOX)) == [("--weight", False), ("--colour", False), ("--tag", False)]


@pytest.mark.parametrize(
    ("arguments", "values"),
    [
        (["--weight", "1.50"], {"weight": Decimal("1.50")}),
        (["--tag", "a|b", "--tag", "c"], {"tags": ["a|b", "c"]}),
        (["--colour", ""], {"colour": ""}),
        ([], {}),
    ],
)
def test_options_are_read_by_the_types_of_their_attributes(arguments, values):
    found = []
    command = click.command()(patch_options(BOX)(lambda **options: found.append(creation_of(options))))
    result = CliRunner().invoke(command, arguments)
    assert result.exit_code == 0, result.output
    assert found == [values]


def test_an_option_of_another_type_is_wrong_usage():
    command = click.command()(patch_options(BOX)(lambda **options: None))
    result = CliRunner().invoke(command, ["--weight", "heavy"])
    assert result.exit_code == 2
    assert "should be a number such as 89.99" in result.output


def test_an_empty_text_removes_an_attribute_and_no_option_is_wrong_usage():
    assert changes_of({"colour": "", "weight": None, "tags": ()}) == {"colour": None}
    with pytest.raises(click.UsageError, match="Nothing to change"):
        changes_of({"colour": None, "tags": ()})


def test_the_columns_of_exports_are_promised():
    assert {name: ",".join(export.columns) for name, export in EXPORTS.items()} == {
        "products": "vendor_id,external_id,product_id,product_name,description,category,subcategory,brand,"
        "base_price,images,tags,is_active",
        "skus": "vendor_id,external_id,product_id,variant,variant_name,variant_attributes,unit_price,"
        "reorder_threshold,barcode,is_active",
        "stock": "vendor_id,external_id,product_id,variant,counted_stock",
        "orders": "order_id,vendor_id,sku,quantity,status,hold_seconds,placed,confirmed,cancelled,refunded",
        "log": "transaction_id,timestamp,product_id,sku,vendor_id,transaction_type,quantity_change,"
        "stock_before,stock_after,order_id,performed_by,notes,sequence,quantity,reserved_before,"
        "reserved_after,request_id,form,command,reason,order_step,order_previous,previous_hash,hash,"
        "signature,key_id",
    }


@pytest.mark.parametrize(
    ("export", "row_type", "declared"), [("products", PRODUCT_ROW, PRODUCT), ("skus", SKU_ROW, SKU)]
)
def test_an_import_has_every_column_of_the_export_and_every_attribute(export, row_type, declared):
    assert set(EXPORTS[export].columns) <= set(row_type.columns)
    assert set(declared.created) | set(declared.changed) <= set(row_type.columns)


PRODUCT_VALUES = {"vendor_id": "VENDOR-001", "external_id": "1", "product_name": "Tea", "category": "Drinks"}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "base_price: is required"),
        ({"base_price": True}, "base_price: should be a number, not 'True'"),
        ({"base_price": 1, "tags": ["a", ""]}, "tags.1: should have 1 to 200 characters, not ''"),
        ({"base_price": 1, "tags": ["a", 2]}, "tags.1: should be a string, not '2'"),
        ({"base_price": 1, "tags": {"a": "b"}}, "tags: should be a list, not \"{'a': 'b'}\""),
        ({"base_price": 1, "images": ["x"] * 21}, "images: should have 0 to 20 members, not"),
        ({"base_price": -1, "is_active": "perhaps"}, "is_active: should be true or false, not 'perhaps'"),
        ({"base_price": -1, "is_active": []}, "base_price: should be 0 to 9999999.99, not '-1'; is_active: "),
    ],
)
def test_a_wrong_row_is_refused_with_the_column_and_the_value(given, error):
    with pytest.raises(RowError) as raised:
        PRODUCT_ROW.check(PRODUCT_VALUES | given)
    assert str(raised.value).startswith(error), raised.value


def test_at_most_three_errors_are_listed():
    with pytest.raises(RowError) as raised:
        PRODUCT_ROW.check({"vendor_id": "V", "external_id": "1"})
    assert str(raised.value).count(";") == 2


def test_a_row_is_read_in_the_form_in_which_it_is_stored():
    row = PRODUCT_ROW.check(
        PRODUCT_VALUES | {"base_price": " 4.50 ", "tags": "a|b\\|c", "is_active": "No", "brand": ""}
    )
    assert row == PRODUCT_VALUES | {"base_price": Decimal("4.5"), "tags": ["a", "b|c"], "is_active": False}


SKU_VALUES = {"vendor_id": "VENDOR-001", "variant_name": "Box", "unit_price": "1", "reorder_threshold": "5"}


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({}, "should have a sku, or a variant and its product's external_id or product_id"),
        ({"variant": "BOX"}, "should have a sku, or a variant and its product's external_id or product_id"),
        ({"variant": "-", "external_id": "1"}, "variant: should be at most 40 of A-Z and 0-9, with single"),
        (
            {"sku": "SKU-PROD-00001-BOX", "product_id": "PROD-00002"},
            "should name the product of the sku, PROD-00001",
        ),
        (
            {"sku": "SKU-PROD-00001-BOX", "variant_attributes": "color"},
            "variant_attributes: should look like color=Black|size=L, not 'color'",
        ),
        (
            {"sku": "SKU-PROD-00001-BOX", "variant_attributes": "color="},
            "variant_attributes.color: should have 1 to 200 characters, not ''",
        ),
        (
            {"sku": "SKU-PROD-00001-BOX", "barcode": "4006381333930"},
            "barcode: should have the check digit 1, as a GTIN of 13 digits, not '4006381333930'",
        ),
    ],
)
def test_a_wrong_sku_row_is_refused(given, error):
    with pytest.raises(RowError) as raised:
        SKU_ROW.check(SKU_VALUES | given)
    assert str(raised.value).startswith(error), raised.value
