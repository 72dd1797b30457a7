"""The documents as a site: complete by itself, and without anything that a browser would fetch elsewhere.

The strict build reports broken links, anchors and pages that the navigation lacks.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from types import ModuleType

import pytest

from tests.documents.blocks import ROOT, documents
from tests.support.needs import not_here

SERVICES = ("catalog", "stock", "audit")
HOOKS = ROOT / "docs" / "site" / "hooks.py"
LOADED = {
    "script": "src",
    "link": "href",
    "img": "src",
    "iframe": "src",
    "source": "src",
    "video": "src",
    "audio": "src",
    "embed": "src",
    "object": "data",
    "input": "src",
    "form": "action",
}
"""What a browser loads by itself, by element and attribute; a link that somebody follows is not."""
NO_LOAD = {"canonical", "prev", "next", "alternate"}
"""Relations of links that are not loaded."""
FOREIGN = re.compile(r"\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
FOREIGN_STYLE = re.compile(r"url\(\s*[\"']?(?:https?:)?//|@import\s+(?:url\()?\s*[\"']?(?:https?:)?//")


@pytest.fixture(scope="module")
def hooks() -> ModuleType:
    if importlib.util.find_spec("mkdocs") is None:
        not_here("mkdocs is not installed; `make docs` installs it")
    specification = importlib.util.spec_from_file_location("site_hooks", HOOKS)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    specification.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def site(hooks: ModuleType, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stdout + built.stderr
    return folder


class Loads(HTMLParser):
    """Collects the addresses that a page loads."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.in_style = tag == "style"
        relations = {*given.get("rel", "").split()}
        if tag in LOADED and not (tag == "link" and relations <= NO_LOAD):
            self.addresses.append(given.get(LOADED[tag], ""))
        self.addresses += [part.split()[0] for part in given.get("srcset", "").split(",") if part.strip()]
        if FOREIGN_STYLE.search(given.get("style", "")):
            self.addresses.append("//style")

    def handle_data(self, data: str) -> None:
        if self.in_style and FOREIGN_STYLE.search(data):
            self.addresses.append("//style")


def foreign_loads(text: str) -> list[str]:
    """Return the addresses of other hosts that a page loads."""
    page = Loads()
    page.feed(text)
    return [address for address in page.addresses if FOREIGN.match(address)]


def test_no_page_loads_anything_from_another_host(site: Path) -> None:
    pages = [*site.rglob("*.html")]
    assert len(pages) > len(documents())
    found = {
        str(page.relative_to(site)): loads
        for page in pages
        if (loads := foreign_loads(page.read_text(encoding="utf-8")))
    }
    assert found == {}


def test_no_style_loads_anything_from_another_host(site: Path) -> None:
    styles = [*site.rglob("*.css")]
    assert styles
    assert [style for style in styles if FOREIGN_STYLE.search(style.read_text(encoding="utf-8"))] == []


def test_no_page_has_a_diagram_whose_script_would_be_loaded(site: Path) -> None:
    """The theme's script would load that of Mermaid from another host."""
    assert [page for page in site.rglob("*.html") if 'class="mermaid"' in page.read_text("utf-8")] == []


def test_every_document_is_a_page_and_can_be_searched(site: Path, hooks: ModuleType) -> None:
    index = json.loads((site / "search" / "search_index.json").read_text(encoding="utf-8"))
    searched = {entry["location"].partition("#")[0] for entry in index["docs"]}
    for document in documents():
        page = hooks.page_of(document)
        page = re.sub(r"README\.md$", "index.md", page)
        html = page.removesuffix(".md") + ".html"
        assert (site / html).is_file(), document
        assert html in searched, document


@pytest.mark.parametrize("service", SERVICES)
def test_the_reference_of_a_service_is_embedded(site: Path, service: str) -> None:
    page = (site / "openapi" / f"{service}.html").read_text(encoding="utf-8")
    address = f"../reference-pages/{service}/index.html"
    assert f'src="{address}"' in page
    assert (site / "openapi" / address).is_file()
    written = (site / "reference-pages" / service / "openapi.json").read_bytes()
    assert written == (ROOT / "services" / service / "openapi.json").read_bytes()


def test_nothing_of_the_generator_is_in_the_site(site: Path) -> None:
    assert [*site.rglob("*.py")] == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//fonts.example/css">',
        '<link rel="preconnect" href="https://fonts.example">',
        '<img src="HTTP://example.org/x.png">',
        '<img srcset="x.png 1x, https://example.org/x.png 2x">',
        '<iframe src="https://example.org/"></iframe>',
        "<style>@import 'https://fonts.example/css';</style>",
        '<p style="background: url(//example.org/x.png)"></p>',
    ],
)
def test_a_foreign_load_is_found(text: str) -> None:
    assert len(foreign_loads(text)) == 1


@pytest.mark.parametrize(
    "text",
    ['<a href="https://example.org/">there</a>', '<script src="assets/x.js"></script>', '<img src="data:,">'],
)
def test_other_addresses_are_none(text: str) -> None:
    assert foreign_loads(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One:\n- a\n- b\n", "One:\n\n- a\n- b\n"),
        ("- a\n  more\n- b\n", "- a\n    more\n- b\n"),
        ("1. a\n\n   ```sh\n   x\n   ```\n\n   more\n", "1. a\n\n    ```sh\n    x\n    ```\n\n    more\n"),
        ("1. a\n   - b\n     c\n2. d\n", "1. a\n    - b\n        c\n2. d\n"),
        ("```\n- a\n  b\n```\n", "```\n- a\n  b\n```\n"),
        ("- a\n\nText.\n", "- a\n\nText.\n"),
    ],
)
def test_lists_are_indented_for_the_generator(hooks: ModuleType, text: str, expected: str) -> None:
    assert hooks.with_wide_lists(text) == expected


@pytest.mark.parametrize(
    ("page", "link", "expected"),
    [
        ("tour.md", "orders.md#x", "orders.md#x"),
        ("tour.md", "../README.md", "repository/README.md"),
        ("decisions/0001-layout.md", "../api.md", "../api.md"),
        ("decisions/0001-layout.md", "../../tests/x.py", "../repository/tests/x.py.md"),
        ("repository/README.md", "docs/tour.md", "../tour.md"),
        ("repository/services/stock/README.md", "openapi.json", "openapi.json.md"),
        ("tour.md", "https://example.org/x", "https://example.org/x"),
        ("tour.md", "#here", "#here"),
    ],
)
def test_links_lead_to_pages_of_the_site(hooks: ModuleType, page: str, link: str, expected: str) -> None:
    assert hooks.with_links(f"[a]({link})", page) == f"[a]({expected})"
    assert hooks.with_links(f"```\n[a]({link})\n```", page) == f"```\n[a]({link})\n```"


def test_a_diagram_becomes_a_table(hooks: ModuleType) -> None:
    diagram = "```mermaid\nstateDiagram-v2\n    [*] --> a: place\n    a --> b: confirm, or not\n```\n"
    table = "| from | command | to |\n|---|---|---|\n|  | place | `a` |\n| `a` | confirm, or not | `b` |\n"
    assert hooks.with_tables_for_diagrams(diagram) == table
