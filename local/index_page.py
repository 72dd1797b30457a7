"""The simple page of the front: the addresses and the first commands, where there is no console."""

from __future__ import annotations

import base64
import hashlib
import html
import re
from pathlib import Path
from string import Template

from inventory_common.browser_headers import DATA_POLICY
from local.console.status import State, Status
from local.first_steps import browse_command, create_product_command, token_command
from local.replies import DATA_HEADERS, HTML, Reply
from local.settings import Settings

PAGE_FILE = Path(__file__).with_name("index_page.html")
REFRESH_SECONDS = 3
BEING_BUILT = "The console is being built. It will appear here when it is ready."


def index_page(settings: Settings, console: Status | None = None) -> Reply:
    """Return the page with the addresses of this stack.

    Parameters
    ----------
    settings : Settings
        The addresses.
    console : Status, optional
        What there is of the console; None if there is to be none.  While it is being built, the page says so
        and reloads itself.
    """
    is_awaited = console is not None and console.state is State.BUILDING
    sentence = BEING_BUILT if is_awaited else "" if console is None else console.sentence
    page = Template(PAGE_FILE.read_text(encoding="utf-8")).substitute(
        refresh=f'<meta http-equiv="refresh" content="{REFRESH_SECONDS}">\n' if is_awaited else "",
        console=f'  <p class="console">{html.escape(sentence)}</p>\n' if sentence else "",
        catalog=settings.url("catalog"),
        stock=settings.url("stock"),
        audit=settings.url("audit"),
        token=html.escape(token_command(settings)),
        create=html.escape(create_product_command(settings)),
        browse=html.escape(browse_command(settings)),
    )
    return Reply(200, HTML, page.encode(), DATA_HEADERS | {"Content-Security-Policy": page_policy(page)})


def page_policy(page: str) -> str:
    """Return the content security policy of a page whose only resources are its style and an empty icon."""
    [style] = re.findall(r"<style>(.*?)</style>", page, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    return f"{DATA_POLICY}; style-src 'sha256-{digest}'; img-src data:"
