"""The tables as Terraform reads them: valid as declared, and no schema that the services do not know."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.infrastructure.terraform import Terraform

pytestmark = pytest.mark.needs_terraform

Tables = dict[str, Any]


def test_terraform_loads_three_tables_with_seven_indexes_by_itself(variables: Terraform) -> None:
    counted = variables.evaluate(
        '"${length(var.tables)} ${length(flatten([for t in var.tables : keys(t.global_secondary_indexes)]))}"'
    )

    assert counted == '"3 7"'


def _without_a_table(tables: Tables) -> None:
    del tables["StockTransactions"]


def _with_a_fourth_table(tables: Tables) -> None:
    tables["Orders"] = tables["VendorInventory"] | {"global_secondary_indexes": {}}


def _with_a_renamed_index(tables: Tables) -> None:
    indexes = tables["Products-table"]["global_secondary_indexes"]
    indexes["CategoriesIndex"] = indexes.pop("CategoryIndex")


def _with_a_boolean_key(tables: Tables) -> None:
    tables["Products-table"]["global_secondary_indexes"]["CategoryIndex"]["sort_key"]["type"] = "BOOL"


def _with_an_attribute_of_two_types(tables: Tables) -> None:
    tables["VendorInventory"]["global_secondary_indexes"]["LowStockIndex"]["partition_key"]["type"] = "N"


def _with_a_partial_projection(tables: Tables) -> None:
    tables["VendorInventory"]["global_secondary_indexes"]["LowStockIndex"]["projection"] = "KEYS_ONLY"


def _with_provisioned_capacity(tables: Tables) -> None:
    tables["VendorInventory"]["billing_mode"] = "PROVISIONED"


def _with_a_stream_of_keys(tables: Tables) -> None:
    tables["VendorInventory"]["stream_view_type"] = "KEYS_ONLY"


def _with_a_log_that_forgets(tables: Tables) -> None:
    tables["StockTransactions"]["ttl_attribute"] = "ttl"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_without_a_table, "The services need exactly three tables"),
        (_with_a_fourth_table, "The services need exactly three tables"),
        (_with_a_renamed_index, "The services need exactly seven indexes"),
        (_with_a_boolean_key, "A key attribute must have the type S, N or B"),
        (_with_an_attribute_of_two_types, "An attribute must have the same type"),
        (_with_a_partial_projection, "Every index must project ALL"),
        (_with_provisioned_capacity, "The billing mode must be PAY_PER_REQUEST"),
        (_with_a_stream_of_keys, "The stream view type must be NEW_AND_OLD_IMAGES"),
        (_with_a_log_that_forgets, "StockTransactions must not have a TTL"),
    ],
)
def test_a_schema_that_the_services_do_not_know_is_refused(
    with_tables: Callable[[Callable[[dict[str, Any]], None]], Terraform],
    change: Callable[[Tables], None],
    message: str,
) -> None:
    refused = with_tables(change).plan()

    assert refused.returncode == 1
    assert message in _in_one_line(refused.stderr)


def test_the_declared_schema_is_not_refused(variables: Terraform) -> None:
    assert variables.plan().returncode == 0


def _in_one_line(message: str) -> str:
    return " ".join(message.replace("│", " ").split())


@pytest.mark.parametrize("prefix", ["", "dev-", "team.a_1-", "x" * 100])
def test_a_stage_may_put_a_prefix_before_the_table_names(variables: Terraform, prefix: str) -> None:
    (variables.folder / "prefix.auto.tfvars").write_text(f'table_name_prefix = "{prefix}"\n')

    assert variables.evaluate("var.table_name_prefix") == f'"{prefix}"'


@pytest.mark.parametrize("prefix", ["dev/", "dev ", "x" * 101])
def test_a_prefix_that_no_table_name_takes_is_refused(variables: Terraform, prefix: str) -> None:
    (variables.folder / "prefix.auto.tfvars").write_text(f'table_name_prefix = "{prefix}"\n')

    refused = variables.plan()

    assert refused.returncode == 1
    assert "A prefix has at most 100 characters" in _in_one_line(refused.stderr)
