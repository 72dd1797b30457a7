"""Findings are kept once under their ids, whole, and listed whatever else somebody has put beside them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

import pytest
from collecting_bus import CollectingBus
from front_door import Client, Tokens

from chalicelib.domain.events import finding_event
from chalicelib.domain.findings import Finding, FindingKind, finding_id, shortened
from inventory_common.event_bus import EventBus, NotSent
from inventory_common.ledger import Difference

from .ledger import BLACK, NOW, PRODUCT, VENDOR

DOCS = Path(__file__).parents[3] / "docs"


def a_finding(number: int = 1, *, occurred_at: str = NOW, found: Any = 8, count: int = 1) -> Finding:
    return Finding(
        finding_id=finding_id("test", str(number)),
        kind="reconciliation",
        occurred_at=occurred_at,
        vendor_id=VENDOR,
        product_id=PRODUCT,
        sku=BLACK,
        differences=[Difference(None, "current_stock", 7, found)] * count,
    )


@pytest.fixture
def findings(service_module: Any, storage: Any) -> Any:
    return service_module.auditor.findings


def listed(audit: Client, tokens: Tokens, limit: int = 100) -> list[str]:
    pages = audit.walk(f"/findings?limit={limit}", tokens.of_role("auditor"))
    return [finding["finding_id"] for page in pages for finding in page]


def lines(capsys: pytest.CaptureFixture[str], message: str) -> list[dict[str, Any]]:
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    return [line for line in found if line["message"] == message]


def test_a_finding_is_reported_once_whenever_a_check_finds_it(
    findings: Any, audit: Client, tokens: Tokens, capsys: pytest.CaptureFixture[str]
) -> None:
    for day in (1, 2, 3):
        findings.report(a_finding(occurred_at=f"2026-03-0{day}T00:00:00.000000Z"))
    assert len(lines(capsys, "finding")) == 1
    assert listed(audit, tokens) == [a_finding().finding_id]
    assert findings.kept(a_finding().finding_id)["occurred_at"] == "2026-03-01T00:00:00.000000Z"
    assert findings.kept(a_finding(2).finding_id) is None


def test_a_finding_sends_an_event_and_is_reported_again_if_that_fails(
    findings: Any, audit: Client, tokens: Tokens
) -> None:
    bus = CollectingBus()
    reporting = replace(findings, events=EventBus("bus", bus, lambda _: None))
    bus.accepts = 0
    with pytest.raises(NotSent):
        reporting.report(a_finding())
    assert listed(audit, tokens) == []
    bus.accepts = None
    for _ in range(2):
        reporting.report(a_finding())
    [event] = bus.events
    assert (event["type"], event["subject"]) == ("ledger.finding", a_finding().finding_id)
    assert event["time"] == NOW
    assert event["data"] == a_finding().document() | {"link": "/findings"}


def test_the_event_of_a_finding_is_within_the_limit_and_the_same_whenever_it_is_found() -> None:
    large = finding_event(a_finding(found="x" * 2_000, count=500))
    assert len(large.json().encode()) < 210_000
    assert large.data["shortened"] == 500
    assert finding_event(a_finding(occurred_at="2026-03-01T00:00:00.000000Z")).id == large.id
    assert finding_event(a_finding(2)).id != large.id


def test_a_finding_that_was_kept_but_not_listed_is_reported_again_under_its_first_time(
    findings: Any, storage: Any, audit: Client, tokens: Tokens
) -> None:
    """A process that ends in between, or somebody who writes the object beforehand, silences nothing."""
    first = a_finding()
    body = json.dumps(first.document()).encode()
    storage.put_object(Bucket="archive", Key=f"findings/by-id/{first.finding_id}.json", Body=body)
    for _ in range(2):
        findings.report(a_finding(occurred_at="2026-03-01T00:00:00.000000Z"))
    assert listed(audit, tokens) == [first.finding_id]
    [finding] = audit.get("/findings", tokens.vendor()).json["items"]
    assert finding["occurred_at"] == NOW


@pytest.mark.parametrize(
    "planted", [b"", b"{", b"[]", b'"x"', b"{}", json.dumps({**a_finding().document(), "sku": None}).encode()]
)
def test_another_object_under_a_findings_id_silences_nothing(
    findings: Any, storage: Any, audit: Client, tokens: Tokens, planted: bytes, capsys: Any
) -> None:
    finding = a_finding()
    storage.put_object(Bucket="archive", Key=f"findings/by-id/{finding.finding_id}.json", Body=planted)
    findings.report(finding)
    assert len(lines(capsys, "finding")) == 1
    assert listed(audit, tokens) == [finding.finding_id]


@pytest.mark.parametrize("limit", [1, 2, 100])
def test_what_is_no_finding_stops_no_list(
    findings: Any, storage: Any, audit: Client, tokens: Tokens, limit: int, capsys: Any
) -> None:
    kept = [a_finding(number) for number in range(3)]
    for finding in kept:
        findings.report(finding)
    damaged = {**kept[0].document(), "differences": None}
    bodies = (b"", b"{", b"[]", b"\xff", json.dumps(damaged).encode(), b'{"a": 1, "a": 2}')
    for number, body in enumerate(bodies):
        for key in (f"{number}", f"000000000{number}-FIND-{'0' * 32}.json", f"zzz{number}", "x" * 1_000):
            storage.put_object(Bucket="archive", Key=f"findings/all/{key}", Body=body)
    assert sorted(listed(audit, tokens, limit)) == sorted(finding.finding_id for finding in kept)
    assert {line["level"] for line in lines(capsys, "malformed_object")} == {"ERROR"}


def test_a_long_finding_is_shortened_in_alert_and_log_and_kept_whole(
    findings: Any, audit: Client, tokens: Tokens, capsys: pytest.CaptureFixture[str]
) -> None:
    """SNS takes 256 KB, a line of CloudWatch as much; a table's item has up to 400 KB."""
    item = {"notes": "\u00e9" * 200_000}
    finding = a_finding(found=item, count=2)
    findings.report(finding)
    output = capsys.readouterr().out.splitlines()
    assert all(len(line) < 256_000 for line in output)
    by_message = {line["message"]: line for line in map(json.loads, output)}
    for shown in (by_message["finding"], by_message["alert"]["finding"]):
        assert shown["shortened"] == 2
        assert [each["kind"] for each in shown["differences"]] == ["current_stock"] * 2
        assert shown["differences"][0]["found"].startswith('{"notes": ')
    page = audit.get("/findings", tokens.of_role("auditor")).json
    assert page["items"][0]["differences"][1]["found"] == item
    assert "shortened" not in page["items"][0]


def test_a_finding_of_many_differences_names_the_first_of_them() -> None:
    document = a_finding(count=20_000).document()
    short = shortened(document)
    assert short["shortened"] == 20_000
    assert 100 < len(short["differences"]) < 20_000
    assert len(json.dumps(short)) <= 200_000
    assert shortened(short) == short
    assert shortened(a_finding().document()) == a_finding().document()


def test_a_page_of_long_findings_ends_before_it_is_too_long_for_a_response(
    findings: Any, audit: Client, tokens: Tokens
) -> None:
    for number in range(9):
        findings.report(a_finding(number, found="x" * 800_000))
    auditor = tokens.of_role("auditor")
    pages = audit.walk("/findings?limit=100", auditor)
    assert sum(map(len, pages)) == 9
    assert len(pages) == 2
    assert len(audit.get("/findings?limit=100", auditor).text) < 6_000_000


def test_the_documents_describe_every_kind_of_finding() -> None:
    kinds = set(get_args(FindingKind))
    page = (DOCS / "audit-functions.md").read_text(encoding="utf-8")
    table = page.partition("| kind | meaning |")[2].partition("\n\n")[0]
    assert set(re.findall(r"`(\w+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:]))) == kinds
    for name in ("alert", "log-line"):
        schema = (DOCS / "schemas" / f"{name}.schema.json").read_text(encoding="utf-8")
        assert [kind for kind in kinds if f'"{kind}"' not in schema] == []
