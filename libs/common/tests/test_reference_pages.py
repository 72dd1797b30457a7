import json
from pathlib import Path
from typing import Any

import pytest

from inventory_common import reference_pages
from inventory_common.browser_headers import DATA_POLICY, PAGE_FILE_POLICY, PAGE_POLICY
from inventory_common.declarations import Api
from inventory_common.reference_pages import SCRIPT, ReferencePages, events_page, page, script_file
from inventory_common.rest import RestService

PAGES = ("/docs", "/docs/events")
EVENTS: dict[str, Any] = {
    "asyncapi": "3.0.0",
    "info": {"title": "Events of <shop>", "version": "1.0.0", "description": "Two `parts`.\n\nThe second."},
    "components": {
        "messages": {
            "StockOut": {
                "name": "stock.out",
                "summary": "Sold out: a & b.",
                "payload": {"properties": {"data": {"$ref": "#/components/schemas/Out"}}},
                "examples": [{"payload": {"id": "<1>"}}],
            }
        },
        "schemas": {
            "Out": {
                "properties": {
                    "sku": {"type": ["string", "null"], "description": "A `SKU`."},
                    "lines": {"anyOf": []},
                }
            }
        },
    },
}


def _event(path: str) -> dict[str, Any]:
    context = {"resourcePath": path, "httpMethod": "GET", "path": path}
    return {"path": path, "headers": {"Authorization": "nonsense"}, "requestContext": context, "body": None}


@pytest.fixture
def service(tmp_path: Path) -> RestService:
    (tmp_path / "openapi.json").write_text('{"openapi": "3.1.0"}')
    (tmp_path / "asyncapi.json").write_text(json.dumps(EVENTS))
    (tmp_path / SCRIPT).write_text("// the script")
    verifier: Any = None
    return RestService("shop", verifier=verifier, api=Api(about="A shop.", version="1.0.0", folder=tmp_path))


@pytest.mark.parametrize(
    ("path", "media_type", "content"),
    [
        ("/openapi.json", "application/json", '{"openapi": "3.1.0"}'),
        ("/asyncapi.json", "application/json", json.dumps(EVENTS)),
        ("/docs", "text/html; charset=utf-8", '<redoc spec-url="openapi.json">'),
        ("/docs/events", "text/html; charset=utf-8", '<h2 id="stock.out">stock.out</h2>'),
        (f"/docs/{SCRIPT}", "text/javascript; charset=utf-8", "// the script"),
    ],
)
def test_a_service_serves_its_document_and_its_page_to_everyone(
    service: RestService, path: str, media_type: str, content: str
) -> None:
    response = service(_event(path), None)
    assert (response["statusCode"], response["headers"]["Content-Type"]) == (200, media_type)
    assert content in response["body"]
    assert response["headers"]["X-Request-Id"]


def test_the_page_may_load_nothing_from_elsewhere(service: RestService) -> None:
    policy = service(_event("/docs"), None)["headers"]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; connect-src 'self'; ")
    assert policy.endswith("frame-ancestors 'none'")
    assert "http" not in policy
    served = page("Shop", "openapi.json", "script.js")
    assert "http" not in served.replace('http-equiv="Content-Security-Policy"', "")


def test_the_page_of_events_shows_each_message_and_escapes_what_it_shows() -> None:
    shown = events_page(EVENTS, "../asyncapi.json")
    assert "<h1>Events of &lt;shop&gt;</h1>" in shown
    assert "<p>Two <code>parts</code>.</p><p>The second.</p>" in shown
    assert "<p>Sold out: a &amp; b.</p>" in shown
    row = "<td><code>sku</code></td><td>string or null</td><td>A <code>SKU</code>.</td>"
    assert row in shown
    assert "&lt;1&gt;" in shown
    assert '<a href="../asyncapi.json">' in shown
    assert f'content="{PAGE_FILE_POLICY}"' in shown


def test_the_page_as_a_file_states_its_policy_itself() -> None:
    assert f'<meta http-equiv="Content-Security-Policy" content="{PAGE_FILE_POLICY}">' in page("", "", "")
    assert "frame-ancestors" not in PAGE_FILE_POLICY, "browsers ignore it there and complain"


@pytest.mark.parametrize(
    "path", ["/openapi.json", "/asyncapi.json", *PAGES, f"/docs/{SCRIPT}", "/health", "/nowhere"]
)
def test_a_browser_takes_every_response_for_what_it_says_it_is(service: RestService, path: str) -> None:
    headers = service(_event(path), None)["headers"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == (PAGE_POLICY if path in PAGES else DATA_POLICY)


def test_a_service_without_an_api_has_neither() -> None:
    verifier: Any = None
    bare = RestService("shop", verifier=verifier)
    assert bare(_event("/docs"), None)["statusCode"] == 404


def test_the_script_in_a_package_is_preferred_to_the_installed_one(tmp_path: Path) -> None:
    installed = script_file(tmp_path)
    assert installed is not None, "see requirements/pages.txt"
    assert installed.name == SCRIPT
    assert installed.stat().st_size > 500_000
    (tmp_path / SCRIPT).write_text("// the script")
    assert script_file(tmp_path) == tmp_path / SCRIPT


def test_the_response_without_an_installed_script_names_the_missing_package(
    tmp_path: Path, service: RestService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_pages, "_PACKAGE", "not-installed")
    assert script_file(tmp_path / "elsewhere") is None
    (tmp_path / SCRIPT).unlink()
    response = service(_event(f"/docs/{SCRIPT}"), None)
    assert response["statusCode"] == 404
    assert "not-installed" in response["body"]


def test_files_are_read_when_they_are_first_requested(tmp_path: Path) -> None:
    pages = ReferencePages(tmp_path / "later", "shop")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "openapi.json").write_text("{}")
    assert pages.document().body == "{}"
