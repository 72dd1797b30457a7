"""The reference pages and the index page in a browser that can reach this machine only."""

from __future__ import annotations

import html
import re
from pathlib import Path

import httpx
import pytest

from local.settings import SERVICES
from tests.e2e.browser import look_at
from tests.e2e.running_stack import RunningStack

LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The logo of Redoc's maker in the footer, the only resource of another host; the policy forbids it."""


@pytest.mark.parametrize("service", SERVICES)
def test_the_page_shows_every_operation_without_another_host(
    stack: RunningStack, tmp_path: Path, service: str
) -> None:
    url = stack.url(service)
    document = httpx.get(f"{url}/openapi.json", trust_env=False).json()
    page, output = look_at(f"{url}/docs", tmp_path)
    operations = [each for path in document["paths"].values() for each in path.values()]
    text = html.unescape(re.sub(r"<[^>]+>", "", page))
    assert operations
    for operation in operations:
        assert f'id="operation/{operation["operationId"]}"' in page
        assert operation["summary"] in text, operation["operationId"]
    assert "Something went wrong" not in page
    complaints = [
        line
        for line in output.splitlines()
        if "CONSOLE" in line and LOGO not in line and "source: chrome://" not in line
    ]
    assert complaints == [], "caused by the page's own policy, or by an unreachable host"
    assert set(re.findall(r'<(?:script|link)[^>]+(?:src|href)="(https?://[^/"]+)', page)) <= {url}


def test_the_index_page_keeps_its_own_policy(stack: RunningStack, tmp_path: Path) -> None:
    page, output = look_at(stack.url("front"), tmp_path)
    assert "running on this machine" in page
    assert [line for line in output.splitlines() if "CONSOLE" in line] == []


@pytest.mark.parametrize("service", SERVICES)
def test_the_served_document_is_the_committed_one(stack: RunningStack, service: str) -> None:
    response = httpx.get(f"{stack.url(service)}/openapi.json", trust_env=False)
    committed = Path(__file__).resolve().parents[2] / "services" / service / "openapi.json"
    assert (response.status_code, response.text) == (200, committed.read_text(encoding="utf-8"))
