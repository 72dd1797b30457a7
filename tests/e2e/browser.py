"""A real browser, which can reach this machine only."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

LOOK_SECONDS = 90.0
DRAWN_WITHIN_MILLISECONDS = 20_000
"""Of the page's virtual time, which passes as fast as its work allows."""

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


def need_browser() -> str:
    """Return the program; skip a test without one, and with `CI` set, fail."""
    if BROWSER is None:
        assert "CI" not in os.environ, "CI needs a browser: .ci/run installs chromium"
        pytest.skip("there is no chromium here")
    return BROWSER


def look_at(url: str, folder: Path, *names: str) -> tuple[str, str]:
    """Return the rendered page, and the messages of the browser.

    `names` are host names that resolve to 127.0.0.1, as an attacker's own name server may have it.
    """
    browser = need_browser()
    here = "".join(f"MAP {name} 127.0.0.1, " for name in names)
    arguments = [
        browser,
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        f"--host-resolver-rules={here}MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
        "--enable-logging=stderr",
        f"--user-data-dir={folder / 'profile'}",
        f"--virtual-time-budget={DRAWN_WITHIN_MILLISECONDS}",
        "--dump-dom",
        url,
    ]
    seen = subprocess.run(arguments, capture_output=True, text=True, timeout=LOOK_SECONDS, check=True)
    return seen.stdout, seen.stderr
