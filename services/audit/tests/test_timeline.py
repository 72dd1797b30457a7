"""Charts of a SKU's stock over time."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import pytest
from front_door import Client, Tokens
from refusal_walk import aws_calls

from chalicelib.domain.timeline import Timeline, draw
from inventory_common.transactions import TransactionType

from .ledger import BLACK, OTHER_VENDOR, WHITE, a_ledger, a_record, a_sku, keep, keep_sku

ADDRESS = f"/skus/{BLACK}/timeline.svg"
LEDGER = a_ledger(80, seed=7)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def vendor(tokens: Tokens, dynamodb: Any) -> str:
    keep(dynamodb, *LEDGER)
    keep_sku(dynamodb, a_sku(LEDGER))
    return tokens.vendor()


def parsed(text: str) -> ElementTree.Element:
    root = ElementTree.fromstring(text)
    assert root.tag == f"{SVG}svg"
    return root


def texts(root: ElementTree.Element) -> list[str]:
    return ["".join(each.itertext()) for each in root.iter(f"{SVG}text")]


def path(root: ElementTree.Element, css_class: str) -> str:
    [found] = [each for each in root.iter(f"{SVG}path") if each.get("class") == css_class]
    return found.attrib["d"]


def test_a_chart_is_served(audit: Client, vendor: str) -> None:
    response = audit.get(ADDRESS, vendor)
    assert response.status == 200
    assert response.headers["Content-Type"] == "image/svg+xml"
    policy = response.headers["Content-Security-Policy"]
    assert set(policy.split("; ")) == {
        "default-src 'none'",
        "style-src 'unsafe-inline'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
    }
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    root = parsed(response.text)
    assert f"Stock of {BLACK}" in texts(root)
    assert f"stock {LEDGER[-1].stock_after}" in texts(root)
    assert f"reserved {LEDGER[-1].reserved_after}" in texts(root)
    assert "threshold 10" in texts(root)


def test_every_record_is_a_step_and_a_mark_of_its_type(audit: Client, vendor: str) -> None:
    root = parsed(audit.get(ADDRESS, vendor).text)
    assert path(root, "stock").count("V") == path(root, "held").count("V") == len(LEDGER)
    for transaction_type in TransactionType:
        count = sum(record.transaction_type == transaction_type for record in LEDGER)
        assert f"{count} {transaction_type.replace('_', ' ')}" in texts(root)
    marks = [each for each in root.iter(f"{SVG}path") if (each.get("class") or "").startswith("mark")]
    assert sum(each.attrib["d"].count("V") for each in marks) == len(LEDGER)


def test_the_steps_of_the_line_follow_the_figures() -> None:
    records = [a_record(BLACK, n, stock_before=10 * (n - 1), stock_after=10 * n) for n in (1, 2, 3)]
    text = draw(Timeline(BLACK, 0, records, records[-1].timestamp))
    heights = [float(part.split()[0]) for part in path(parsed(text), "stock").split("V")[1:]]
    assert heights[0] > heights[1] > heights[2]
    assert heights[0] - heights[1] == pytest.approx(heights[1] - heights[2], abs=0.02)


def test_a_period_is_drawn(audit: Client, vendor: str) -> None:
    response = audit.get(f"{ADDRESS}?from={LEDGER[10].timestamp}&to={LEDGER[20].timestamp}", vendor)
    assert path(parsed(response.text), "stock").count("V") == 10
    assert "10 records (no. 11 to 20)" in "".join(texts(parsed(response.text)))


def test_of_many_records_the_newest_are_drawn(
    audit: Client, vendor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from chalicelib.engine import stock_history

    monkeypatch.setattr(stock_history, "TIMELINE_RECORDS_MAX", 7)
    drawn = "".join(texts(parsed(audit.get(ADDRESS, vendor).text)))
    assert "the last 7 records (no. 74 to 80)" in drawn


def test_a_chart_takes_two_reads(audit: Client, vendor: str) -> None:
    with aws_calls() as calls:
        audit.get(ADDRESS, vendor)
    assert calls == ["GetItem", "Query"]


def test_a_sku_without_records_has_a_chart_too(audit: Client, vendor: str, dynamodb: Any) -> None:
    keep_sku(dynamodb, a_sku([], WHITE))
    assert "no records in this period" in audit.get(f"/skus/{WHITE}/timeline.svg", vendor).text


@pytest.mark.parametrize("count", [1, 2])
def test_few_records_are_drawn(count: int) -> None:
    parsed(draw(Timeline(BLACK, 0, LEDGER[:count], LEDGER[count - 1].timestamp)))


@pytest.mark.parametrize("stock", [0, 1, 7, 999, 1_000_000_000])
def test_any_stock_fits(stock: int) -> None:
    record = a_record(quantity=stock, quantity_change=stock, stock_before=0, stock_after=stock)
    root = parsed(draw(Timeline(BLACK, 10, [record], record.timestamp)))
    for line in root.iter(f"{SVG}line"):
        assert 0 <= float(line.attrib["y1"]) <= float(root.attrib["height"])
    assert 3 <= sum(text.replace(",", "").isdecimal() for text in texts(root)) <= 8


def test_light_and_dark_schemes_have_their_own_colours() -> None:
    text = draw(Timeline(BLACK, 10, LEDGER, LEDGER[-1].timestamp))
    assert "@media (prefers-color-scheme:dark)" in text
    for name in ("--paper", "--ink", "--soft", "--grid", "--stock", "--held", "--line"):
        assert text.count(f"{name}:") == 2


def test_another_vendors_chart_is_not_found(audit: Client, tokens: Tokens, vendor: str) -> None:
    response = audit.get(ADDRESS, tokens.vendor(OTHER_VENDOR))
    assert (response.status, response.code) == (404, "sku_not_found")


@pytest.mark.parametrize(
    "query", ["from=x", "from=2026-02-23T10:30:00Z&to=2026-02-23T10:30:00Z", "order=asc"]
)
def test_an_invalid_period_is_refused(audit: Client, vendor: str, query: str) -> None:
    assert audit.get(f"{ADDRESS}?{query}", vendor).code == "invalid_input"
