"""What the documents say about the code that no generator writes."""

from __future__ import annotations

import json
import re

import pytest

from inventory_common import dynamodb_limits, limits, tuning
from tests.documents.blocks import ROOT, read
from tests.documents.links import links, target

SERVICES = ("catalog", "stock", "audit")
SAGAS = "services/stock/chalicelib/engine/sagas.py"
STEPS = "services/stock/chalicelib/domain/saga_steps.py"
NAMED = {
    "settle": SAGAS,
    "_run_steps": SAGAS,
    "resume": SAGAS,
    "begin_settlement": STEPS,
    "settle_step": STEPS,
}
"""The functions that the page of the architecture names, and where they are."""


def paths_of(service: str) -> list[str]:
    """Return the paths of a service's OpenAPI document."""
    paths = [*json.loads(read(f"services/{service}/openapi.json"))["paths"]]
    assert paths
    return paths


@pytest.mark.parametrize("function", NAMED)
def test_the_functions_that_the_architecture_names_exist(function: str) -> None:
    text = read("docs/architecture.md")
    assert re.search(rf"`(?:Sagas\.)?{function}`", text)
    assert NAMED[function] in {target("docs/architecture.md", link) for link in links(text)}
    assert re.search(rf"^ *def {function}\(", read(NAMED[function]), re.MULTILINE)


def test_every_folder_of_code_has_a_room_in_the_architecture() -> None:
    rooms = read("docs/architecture.md").split("## The rooms")[1].split("Rules that")[0]
    folders = {path.parent for path in ROOT.glob("*/__init__.py")} | {
        path.parent for path in ROOT.glob("*/*/pyproject.toml")
    }
    names = {folder.relative_to(ROOT).as_posix() for folder in folders}
    names |= {
        "terraform",
        "tests",
        "examples",
        *(f"services/{name}" for name in ("catalog", "stock", "audit")),
    }
    assert [name for name in names if f"`{name}`" not in rooms] == []


def test_an_order_of_the_architecture_has_the_parts_that_the_code_gives_it() -> None:
    lines = 120
    parts = [
        min(dynamodb_limits.ORDER_PART_LINES_MAX, lines - begin)
        for begin in range(0, lines, dynamodb_limits.ORDER_PART_LINES_MAX)
    ]
    text = read("docs/architecture.md")
    assert f"an order of {lines} lines" in text
    assert "three parts ({}, {} and {} lines)".format(*parts) in text
    assert f"a lease of {tuning.SAGA_LEASE_SECONDS} s" in text


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ("docs/known-limits.md", f"SVG of at most {limits.TIMELINE_RECORDS_MAX:,} records"),
        ("docs/known-limits.md", f"the newest {limits.RESERVATION_RECORDS_MAX:,}"),
        ("docs/known-limits.md", f"may need {limits.ORDER_RECORDS_READ_MAX:,} of them"),
        ("docs/api.md", f"one page may need | {limits.ORDER_RECORDS_READ_MAX:,}, as it"),
        ("docs/known-limits.md", f"`notes`, {limits.NOTES_MAX_BYTES} bytes"),
        ("docs/known-limits.md", f"1 to {limits.QUANTITY_MAX:,} of them"),
        ("docs/api.md", f"{limits.ORDER_LINES_MAX:,} distinct SKUs"),
        ("docs/api.md", f"{limits.BATCH_ORDERS_MAX} orders of at most {limits.BATCH_ORDER_LINES_MAX} lines"),
        ("docs/api.md", f"{limits.BATCH_LINES_MAX:,} lines in total"),
        ("docs/api.md", f"as many as have {limits.RESPONSE_LINES_MAX:,} lines"),
        ("docs/api.md", f"| 1 to {limits.QUANTITY_MAX:,} |"),
        ("docs/api.md", f"| {limits.STOCK_MAX:,} |"),
        ("docs/api.md", f"0 to {limits.MONEY_MAX:,}"),
        ("docs/api.md", f"{limits.HOLD_MIN_SECONDS} to {limits.HOLD_MAX_SECONDS:,} seconds"),
        ("docs/api.md", f"{limits.HOLD_DEFAULT_SECONDS:,} by default"),
        ("docs/api.md", f"| {limits.NOTES_MAX_BYTES} bytes of UTF-8 |"),
        ("docs/api.md", f"{limits.REASON_MAX_CHARACTERS} characters, {limits.ORDER_NOTES_MAX_BYTES} bytes"),
        ("docs/orders.md", f"at most {limits.REASON_MAX_CHARACTERS} characters"),
        ("docs/orders.md", f"at most {limits.ORDER_NOTES_MAX_BYTES} bytes"),
        ("docs/orders.md", f"At most {limits.AVAILABILITY_PRODUCTS_MAX} lines may lack"),
        ("docs/orders.md", f"at most {limits.PUBLIC_STOCK_MAX} units"),
        ("docs/api.md", f"| {limits.REQUEST_BODY_MAX_BYTES:,} bytes |"),
        ("docs/api.md", f"| 1 to {limits.PAGE_MAX_ITEMS}; 1 to {limits.BULK_PAGE_MAX_ITEMS:,} of"),
    ],
)
def test_numbers_are_those_of_the_code(document: str, sentence: str) -> None:
    assert sentence in " ".join(read(document).split())


def test_the_api_page_has_every_route() -> None:
    """Routes that the table shortens with an ellipsis are found by their ends."""
    table = read("docs/api.md").split("## What a transaction")[0]
    for service in ("catalog", "stock", "audit"):
        paths = re.findall(r'^    "(/[^"]*)": \{$', read(f"services/{service}/openapi.json"), re.MULTILINE)
        assert paths
        for path in paths:
            if path in ("/openapi.json", "/docs") or path.startswith("/docs/"):
                continue
            ends = [
                path,
                f"…/{path.rpartition('/')[2]}",
                f"/{path.rpartition('/')[2]}`",
                path.partition("?")[0],
            ]
            assert any(end in table for end in ends), path


def test_limits_that_were_lifted_leave_the_page() -> None:
    """What the page says the API lacks is in no path of its documents."""
    paths = " ".join(
        path
        for service in ("catalog", "stock", "audit")
        for path in re.findall(
            r'^    "(/[^"]*)": \{$', read(f"services/{service}/openapi.json"), re.MULTILINE
        )
    )
    lacking = {
        "no locations": r"location|transfer|warehouse",
        "No purchase orders": r"purchase|incoming",
        "No bundles": r"bundle|kit",
        "lines of an order that was placed do not change": r"amend",
        "An order that was cancelled, or has expired, stays so": r"reopen",
        "No search by text": r"search",
        "No events for other systems": r"/events|webhook",
    }
    page = read("docs/known-limits.md")
    for words, pattern in lacking.items():
        assert (words in page) == (re.search(pattern, paths) is None), words


def test_the_readme_counts_the_forgeries_of_the_page_that_lists_them() -> None:
    [listed] = re.findall(r"^(\d+) forgeries;", read("docs/proof.md"), re.MULTILINE)
    assert re.findall(r"(\d+) forgeries", read("README.md")) == [listed]
