"""Every file of ``console/browser`` is run in a real browser against a running stack."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from local.console.sources import CONSOLE
from tests.e2e.browser import need_browser
from tests.support.budgets import Machine
from tests.support.console_npm import assert_passes

FILES = sorted(path.relative_to(CONSOLE).as_posix() for path in CONSOLE.glob("browser/**/*.test.ts"))
MINUTES = 6
SAMPLES = 3


@pytest.mark.parametrize("file", FILES)
def test_a_file_of_browser_tests_passes(console_url: str, file: str) -> None:
    browser = need_browser()
    printed = assert_passes(
        *("run", "test:browser", "--", file),
        timeout_seconds=MINUTES * 60,
        CONSOLE_URL=console_url,
        CHROMIUM=browser,
        CONSOLE_SLOWNESS=f"{slowness():.2f}",
    )
    assert re.search(r"Tests +\d+ passed \(\d+\)", printed), f"a test was left out:\n{printed}"


def slowness() -> float:
    """Return how much slower this machine is now than a quiet one, for goals in seconds."""
    machine = Machine()
    for _ in range(SAMPLES):
        machine.sample()
    return machine.factor


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
