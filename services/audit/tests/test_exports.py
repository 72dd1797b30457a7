"""Lists of log records as files."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from front_door import Answer, Client, Tokens
from refusal_walk import aws_calls

from chalicelib.engine import exports
from chalicelib.http.list_response import preferred_format
from inventory_common import limits
from inventory_common.ledger import RECORD_ATTRIBUTES
from inventory_common.spreadsheets import neutralized, original
from inventory_common.verify import verify_lines

from .ledger import BLACK, OTHER_VENDOR, PRODUCT, VENDOR, a_ledger, a_record, keep

LISTS = [
    f"/products/{PRODUCT}/transactions",
    f"/vendors/{VENDOR}/transactions",
    f"/skus/{BLACK}/transactions",
]
CSV, NDJSON = "text/csv", "application/x-ndjson"
LEDGER = a_ledger(150)


@pytest.fixture
def vendor(tokens: Tokens, dynamodb: Any) -> str:
    keep(dynamodb, *LEDGER)
    return tokens.vendor()


def rows_of(response: Answer) -> list[dict[str, str]]:
    assert response.status == 200, response
    return list(csv.DictReader(io.StringIO(response.text, newline="")))


def follow(audit: Client, address: str, token: str, accept: str) -> list[Answer]:
    """Follow ``Link`` to the end."""
    responses = []
    next_address: str | None = address
    while next_address:
        responses.append(audit.get(next_address, token, accept=accept))
        link = responses[-1].headers.get("Link")
        next_address = link and link.removeprefix("</prod").removesuffix('>; rel="next"')
        assert len(responses) < 500
    return responses


@pytest.mark.parametrize("address", LISTS)
def test_a_whole_list_is_served_as_json_lines(audit: Client, vendor: str, address: str) -> None:
    response = audit.get(f"{address}?order=asc", vendor, accept=NDJSON)
    assert [json.loads(line) for line in response.text.splitlines()] == [each.document() for each in LEDGER]
    assert response.headers["Content-Type"] == "application/x-ndjson; charset=utf-8"
    assert response.headers["Content-Disposition"] == 'attachment; filename="log.ndjson"'
    assert "Link" not in response.headers


def test_json_lines_can_be_verified_offline(audit: Client, vendor: str) -> None:
    response = audit.get(LISTS[2], vendor, accept=NDJSON)
    assert verify_lines(response.text.splitlines(), heads=[LEDGER[-1].hash])[0].last_sequence == 150


def _cell(value: Any) -> str:
    return "" if value is None else neutralized(value) if isinstance(value, str) else str(value)


@pytest.mark.parametrize("address", LISTS)
def test_a_whole_list_is_served_as_csv(audit: Client, vendor: str, address: str) -> None:
    response = audit.get(f"{address}?order=asc", vendor, accept=CSV)
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.text.startswith(",".join(RECORD_ATTRIBUTES) + "\r\n")
    expected = [{name: _cell(value) for name, value in record.document().items()} for record in LEDGER]
    assert rows_of(response) == expected


@pytest.mark.parametrize(
    "notes",
    [
        "=1+1",
        "+1",
        "-1",
        "@SUM(A1)",
        "\u0041",
        "=cmd|' /C calc'!A0",
        "\uff1d1",
        "\uff20x",
        'say "no", or\u2028',
    ],
)
def test_no_cell_is_a_formula(audit: Client, tokens: Tokens, dynamodb: Any, notes: str) -> None:
    keep(dynamodb, a_record(notes=notes, performed_by="-5", request_id="-1"))
    [row] = rows_of(audit.get(LISTS[2], tokens.vendor(), accept=CSV))
    for name in ("notes", "performed_by", "request_id"):
        assert row[name][0] not in "=+-@\t\r\uff1d\uff0b\uff0d\uff20"
        assert row[name].removeprefix("'") in (notes, "-5", "-1")


@pytest.mark.parametrize("notes", ["Tea;=1+1", "=1;-2", "'=1", "'tis"])
def test_a_cell_is_no_formula_behind_a_semicolon_and_reads_back(
    audit: Client, tokens: Tokens, dynamodb: Any, notes: str
) -> None:
    keep(dynamodb, a_record(notes=notes))
    response = audit.get(LISTS[2], tokens.vendor(), accept=CSV)
    [row] = rows_of(response)
    assert original(row["notes"]) == notes
    cells = [cell for line in csv.reader(response.text.splitlines(), delimiter=";") for cell in line]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]


def test_numbers_stay_numbers(audit: Client, tokens: Tokens, dynamodb: Any) -> None:
    keep(dynamodb, a_record(transaction_type="manual_adjustment", quantity_change=-5))
    [row] = rows_of(audit.get(LISTS[2], tokens.vendor(), accept=CSV))
    assert row["quantity_change"] == "-5"


@pytest.mark.parametrize("accept", [CSV, NDJSON])
def test_the_rest_of_a_list_that_exceeds_one_response_follows_its_link(
    audit: Client, vendor: str, accept: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "EXPORT_BYTES_MAX", 10_000)
    monkeypatch.setattr(exports, "_ITEMS_PER_QUERY", 40)
    responses = follow(audit, f"{LISTS[2]}?order=asc", vendor, accept)
    assert len(responses) >= 5
    assert max(len(response.text.encode()) for response in responses) <= 10_000
    found = [
        int(row["sequence"])
        for response in responses
        for row in (rows_of(response) if accept == CSV else map(json.loads, response.text.splitlines()))
    ]
    assert found == list(range(1, 151))


def test_the_rest_of_a_list_that_exceeds_lambdas_limit_follows_the_link_too(
    audit: Client, tokens: Tokens, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "EXPORT_WIRE_BYTES_MAX", 5_000)
    keep(dynamodb, *(a_record(BLACK, n, notes="🎧" * 75) for n in range(1, 9)))
    responses = follow(audit, f"{LISTS[2]}?order=asc", tokens.vendor(), NDJSON)
    assert max(len(json.dumps(response.text)) for response in responses) <= 5_000
    assert sum(len(response.text.splitlines()) for response in responses) == 8


def test_a_limit_in_the_query_applies(audit: Client, vendor: str) -> None:
    responses = follow(audit, f"{LISTS[2]}?limit=60", vendor, CSV)
    assert [len(rows_of(response)) for response in responses] == [60, 60, 30]


@pytest.mark.parametrize(
    ("accept", "text"),
    [
        (CSV, "sku,sequence\r\n{sku},1\r\n{sku},2\r\n"),
        (NDJSON, '{{"sku":"{sku}","sequence":1}}\n{{"sku":"{sku}","sequence":2}}\n'),
    ],
)
def test_an_export_has_the_members_named(
    audit: Client, tokens: Tokens, dynamodb: Any, accept: str, text: str
) -> None:
    keep(dynamodb, a_record(BLACK, 1), a_record(BLACK, 2))
    response = audit.get(f"{LISTS[2]}?order=asc&fields=sequence,sku", tokens.vendor(), accept=accept)
    assert response.text == text.format(sku=BLACK)


def test_an_export_of_a_rare_type_makes_a_limited_number_of_queries(
    audit: Client, vendor: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exports, "_ITEMS_PER_QUERY", 5)
    address = f"{LISTS[2]}?transaction_type=refund"
    with aws_calls() as calls:
        responses = [audit.get(address, vendor, accept=NDJSON)]
    assert calls == ["Query"] * limits.EXPORT_QUERIES_MAX
    assert "Link" in responses[0].headers
    found = [
        line for response in follow(audit, address, vendor, NDJSON) for line in response.text.splitlines()
    ]
    assert len(found) == sum(record.transaction_type == "refund" for record in LEDGER)


def test_an_export_is_one_query_if_that_is_sufficient(audit: Client, vendor: str) -> None:
    with aws_calls() as calls:
        audit.get(LISTS[2], vendor, accept=CSV)
    assert calls == ["Query"]


@pytest.mark.parametrize("address", [LISTS[0], LISTS[2]])
def test_another_vendors_export_is_empty(audit: Client, tokens: Tokens, vendor: str, address: str) -> None:
    response = audit.get(address, tokens.vendor(OTHER_VENDOR), accept=CSV)
    assert rows_of(response) == []
    assert "Link" not in response.headers
    assert audit.get(LISTS[1], tokens.vendor(OTHER_VENDOR), accept=CSV).code == "forbidden"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("", None),
        ("*/*", None),
        ("application/json", None),
        ("text/html,application/xhtml+xml,*/*;q=0.8", None),
        ("text/csv", CSV),
        ("TEXT/CSV; charset=utf-8", CSV),
        ("text/*", CSV),
        ("application/x-ndjson", NDJSON),
        ("application/*", None),
        ("text/csv, */*;q=0.5", CSV),
        ("text/csv;q=0.2, application/x-ndjson;q=0.9", NDJSON),
        ("text/csv;q=0", None),
        ("text/csv;q=x", None),
        ("application/json;q=0.5, text/csv;q=0.5", None),
        ("image/png", None),
        (",;/", None),
    ],
)
def test_the_preferred_format_is_served(accept: str, media_type: str | None) -> None:
    file_format = preferred_format(accept)
    assert (file_format and file_format.media_type) == media_type
