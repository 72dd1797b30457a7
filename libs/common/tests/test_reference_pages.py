from pathlib import Path
from typing import Any

import pytest

from inventory_common import reference_pages
from inventory_common.declarations import Api
from inventory_common.reference_pages import PROGRAM, ReferencePages, page, program_file
from inventory_common.rest import RestService


def _event(path: str) -> dict[str, Any]:
    context = {"resourcePath": path, "httpMethod": "GET", "path": path}
    return {"path": path, "headers": {"Authorization": "nonsense"}, "requestContext": context, "body": None}


@pytest.fixture
def service(tmp_path: Path) -> RestService:
    (tmp_path / "openapi.json").write_text('{"openapi": "3.1.0"}')
    (tmp_path / PROGRAM).write_text("// the program")
    verifier: Any = None
    return RestService("shop", verifier=verifier, api=Api(about="A shop.", version="1.0.0", folder=tmp_path))


@pytest.mark.parametrize(
    ("path", "media_type", "holds"),
    [
        ("/openapi.json", "application/json", '{"openapi": "3.1.0"}'),
        ("/docs", "text/html; charset=utf-8", '<redoc spec-url="openapi.json">'),
        (f"/docs/{PROGRAM}", "text/javascript; charset=utf-8", "// the program"),
    ],
)
def test_a_service_serves_its_document_and_its_page_to_anybody(
    service: RestService, path: str, media_type: str, holds: str
) -> None:
    answered = service(_event(path), None)
    assert (answered["statusCode"], answered["headers"]["Content-Type"]) == (200, media_type)
    assert holds in answered["body"]
    assert answered["headers"]["X-Request-Id"]


def test_the_page_may_load_nothing_from_elsewhere(service: RestService) -> None:
    policy = service(_event("/docs"), None)["headers"]["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; connect-src 'self'; ")
    assert "http" not in policy
    assert "http" not in page("Shop", "openapi.json", "program.js")


def test_a_service_without_an_api_has_neither() -> None:
    verifier: Any = None
    bare = RestService("shop", verifier=verifier)
    assert bare(_event("/docs"), None)["statusCode"] == 404


def test_the_copy_in_a_package_goes_before_what_is_installed(tmp_path: Path) -> None:
    installed = program_file(tmp_path)
    assert installed is not None, "see requirements/pages.txt"
    assert installed.name == PROGRAM
    assert installed.stat().st_size > 500_000
    (tmp_path / PROGRAM).write_text("// the program")
    assert program_file(tmp_path) == tmp_path / PROGRAM


def test_where_the_program_is_missing_it_says_so(
    tmp_path: Path, service: RestService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reference_pages, "_PACKAGE", "of-nobody")
    assert program_file(tmp_path / "elsewhere") is None
    (tmp_path / PROGRAM).unlink()
    answered = service(_event(f"/docs/{PROGRAM}"), None)
    assert answered["statusCode"] == 404
    assert "of-nobody" in answered["body"]


def test_files_are_read_when_they_are_first_asked_for(tmp_path: Path) -> None:
    pages = ReferencePages(tmp_path / "later", "shop")
    (tmp_path / "later").mkdir()
    (tmp_path / "later" / "openapi.json").write_text("{}")
    assert pages.document().body == "{}"
