"""Every file of ``console/browser`` is run in a real browser against a running stack."""

from __future__ import annotations

import json
import re
from pathlib import Path

import httpx
import pytest

from local.console.sources import CONSOLE
from tests.e2e.browser import need_browser
from tests.support.console_npm import assert_passes

FILES = sorted(path.relative_to(CONSOLE).as_posix() for path in CONSOLE.glob("browser/**/*.test.ts"))
MINUTES = 6


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_browser_tests_passes(console_url: str, file: str) -> None:
    browser = need_browser()
    printed = assert_passes(
        *("run", "test:browser", "--", file),
        timeout_seconds=MINUTES * 60,
        CONSOLE_URL=console_url,
        CHROMIUM=browser,
    )
    counted = re.search(r"Tests +(?:(\d+) skipped \| )?(\d+) passed", printed)
    assert counted is not None, printed
    # What a test of the browser leaves out, it has to say with a reason that is shown.
    assert counted[1] is None or "skip" in Path(CONSOLE / file).read_text(encoding="utf-8"), printed


def test_there_are_browser_tests() -> None:
    assert FILES


def test_the_front_serves_the_built_console_and_says_what_this_place_is(console_url: str) -> None:
    page = httpx.get(f"{console_url}/inventory", trust_env=False)
    assert '<div id="root">' in page.text
    assert not re.search(r"<script(?![^>]*\bsrc=)", page.text), "no script stands in the page itself"
    scripts = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"', page.text)
    assert scripts
    assert [url for url in scripts if not url.startswith("/") or url.startswith("//")] == []
    for url in scripts:
        response = httpx.get(f"{console_url}{url}", trust_env=False)
        assert response.status_code == 200, url
    settings = httpx.get(f"{console_url}/config.json", trust_env=False)
    assert json.loads(settings.text) == {"sign_in": "development", "demo": True}
