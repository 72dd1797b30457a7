"""The other screens in a real browser, and what the front serves."""

from __future__ import annotations

import json
import re

import httpx
import pytest

from tests.console.browser_files import OTHERS, assert_file_passes


@pytest.mark.parametrize("file", OTHERS)
def test_a_file_of_browser_tests_passes(console_url: str, file: str) -> None:
    assert_file_passes(file, console_url)


def test_there_are_browser_tests() -> None:
    assert OTHERS


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
