"""The reference pages in a browser that can reach this machine only."""

from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
from pathlib import Path

import httpx
import pytest

from local.settings import SERVICES
from tests.e2e.running_stack import RunningStack

LOOK_SECONDS = 90.0
DRAWN_WITHIN_MILLISECONDS = 20_000
"""Of the page's virtual time, which passes as fast as its work allows."""

LOGO = "https://cdn.redoc.ly/redoc/logo-mini.svg"
"""The logo of Redoc's maker in the footer, the only resource of another host; the policy forbids it."""

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def look_at(url: str, folder: Path) -> tuple[str, str]:
    """Return the rendered page, and the messages of the browser."""
    if BROWSER is None:
        assert "CI" not in os.environ, "CI needs a browser: .ci/run installs chromium"
        pytest.skip("there is no chromium here")
    arguments = [
        BROWSER,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profile'}",
        f"--virtual-time-budget={DRAWN_WITHIN_MILLISECONDS}",
        "--dump-dom",
        url,
    ]
    seen = subprocess.run(arguments, capture_output=True, text=True, timeout=LOOK_SECONDS, check=True)
    return seen.stdout, seen.stderr


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
    complaints = [line for line in output.splitlines() if "CONSOLE" in line and LOGO not in line]
    assert complaints == [], "caused by the page's own policy, or by an unreachable host"
    assert set(re.findall(r'<(?:script|link)[^>]+(?:src|href)="(https?://[^/"]+)', page)) <= {url}


@pytest.mark.parametrize("service", SERVICES)
def test_the_served_document_is_the_committed_one(stack: RunningStack, service: str) -> None:
    response = httpx.get(f"{stack.url(service)}/openapi.json", trust_env=False)
    committed = Path(__file__).resolve().parents[2] / "services" / service / "openapi.json"
    assert (response.status_code, response.text) == (200, committed.read_text(encoding="utf-8"))
